import type { Attributes } from "../api/types";

/** "female" and "about 34"; nothing where the server does not estimate attributes. */
export function attributeParts(attributes: Attributes | undefined): string[] {
  const parts: string[] = [];
  if (attributes?.gender) parts.push(attributes.gender.label);
  if (attributes?.age !== undefined) parts.push(`about ${Math.round(attributes.age)}`);
  return parts;
}

export function attributeText(attributes: Attributes | undefined): string {
  return attributeParts(attributes).join(", ");
}
