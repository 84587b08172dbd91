// What went wrong, in words that say what to do.
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "../gen/google/rpc/error_details_pb";

/** A call that did not go well. */
export interface Problem {
  /** One sentence or more for people. */
  text: string;
  /** The contract's reason, such as `NOT_FOUND`. */
  reason: string;
  code: Code;
  /** What is wrong with which field of the request. */
  fields: { field: string; text: string }[];
}

const AWAY = "The server does not answer. Is it running? The page goes on asking.";

/** Words an error. */
export function problem(error: unknown): Problem {
  const failed = ConnectError.from(error);
  const fields = failed
    .findDetails(BadRequestSchema)
    .flatMap((detail) => detail.fieldViolations)
    .map((violation) => ({ field: violation.field, text: violation.description }));
  const reason = failed.findDetails(ErrorInfoSchema)[0]?.reason ?? "";
  return { text: words(failed, reason), reason, code: failed.code, fields };
}

function words(failed: ConnectError, reason: string): string {
  // Browsers word a refused connection each in its own way, and connect calls it unknown.
  const unreachable = failed.code === Code.Unknown && reason === "" && failed.cause instanceof TypeError;
  if (unreachable || (failed.code === Code.Unavailable && reason === "")) return AWAY;
  if (failed.code === Code.DeadlineExceeded) return "The server took too long to answer. Try again in a moment.";
  if (failed.code === Code.Unauthenticated) return "The server wants a token. Log in with one.";
  if (failed.code === Code.Unimplemented) return "This server is of a version that cannot do that yet.";
  return sentence(failed.rawMessage);
}

/** Makes a sentence of a message of the server. */
export function sentence(message: string): string {
  const text = message.trim();
  if (text === "") return "The server refused without saying why.";
  const first = text[0]?.toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** What is said of one field, by the end of its path: `daily.set_micros` is about `daily`. */
export function about(problem: Problem | undefined, field: string): string | undefined {
  const found = problem?.fields.find((it) => it.field === field || it.field.startsWith(`${field}.`));
  return found && sentence(found.text);
}
