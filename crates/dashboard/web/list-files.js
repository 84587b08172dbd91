// Lists what was built for Rust, which embeds it: path and digest of each file, in order.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The file that lists them, relative to what was built. */
const LIST = "files.rs";

/** @returns {import("vite").Plugin} */
export function listFiles() {
  let out = "";
  return {
    name: "list-files",
    apply: "build",
    configResolved: (config) => void (out = resolve(config.root, config.build.outDir)),
    closeBundle() {
      const paths = readdirSync(out, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== LIST)
        .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1).replaceAll("\\", "/"))
        .sort();
      const line = (path) => {
        const digest = createHash("sha256").update(readFileSync(join(out, path))).digest("hex").slice(0, 16);
        return `    built!("${path}", "${digest}"),\n`;
      };
      writeFileSync(join(out, LIST), `[\n${paths.map(line).join("")}]\n`);
    },
  };
}
