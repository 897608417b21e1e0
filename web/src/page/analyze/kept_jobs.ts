const key = "mien.jobs";

/** The jobs that this tab gave to the server, so that they are found again after a reload. */
export function keptJobs(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export function keepJob(id: string): void {
  keep([...keptJobs().filter((kept) => kept !== id), id]);
}

export function forgetJob(id: string): void {
  keep(keptJobs().filter((kept) => kept !== id));
}

function keep(ids: string[]): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(ids));
  } catch {
    // Without storage the jobs are lost at a reload, and nothing else.
  }
}
