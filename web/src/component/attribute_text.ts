import type { Attributes } from "../api/types";

/** "female, about 34"; nothing where the server does not estimate attributes. */
export function attributeText(attributes: Attributes | undefined): string {
  const parts: string[] = [];
  if (attributes?.gender) parts.push(attributes.gender.label);
  if (attributes?.age !== undefined) parts.push(`about ${Math.round(attributes.age)}`);
  return parts.join(", ");
}
