// What both clients need: where the suite is, and a plain end at the first wrong answer.

import { readFileSync } from "node:fs";

type Role = "reader" | "organiser" | "publisher";
type Context = { registry: string; scheduling: string; tokens: Record<Role, string> };

/** Addresses and tokens, as `mpp up --demo` wrote them. */
export const context: Context = JSON.parse(
  readFileSync(process.env.MPP_CONTEXT ?? "mpp-data/context.json", "utf8"),
);
export const mall = "malls/banyuwangi";
export const counter = `${mall}/counters/dukcapil`;

export function bearer(role: Role): string {
  return `Bearer ${readFileSync(context.tokens[role], "utf8").trim()}`;
}

export function must(holds: unknown, text: string, seen?: unknown): asserts holds {
  if (holds) return;
  console.error(`not as it should be: ${text}`, seen === undefined ? "" : JSON.stringify(seen));
  process.exit(1);
}
