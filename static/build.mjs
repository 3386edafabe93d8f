// Builds static/dist: what the binary embeds. Nothing is fetched; everything comes from this folder and node_modules.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const dist = join(here, "dist");

mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) {
  if (name !== ".keep") rmSync(join(dist, name), { recursive: true });
}

// All scripts are one file: two requests less, and the order cannot be wrong.
const scripts = ["htmx.min.js", "ext/hx-csp.min.js"].map((name) =>
  readFileSync(join(modules, "htmx.org", "dist", name), "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, "").trim(),
);
scripts.push(readFileSync(join(here, "js", "app.js"), "utf8"));
writeFileSync(join(dist, "app.js"), scripts.join(";\n"));
copyFileSync(join(here, "icon.svg"), join(dist, "icon.svg"));

const plex = join(modules, "@fontsource", "ibm-plex-sans");
for (const weight of ["400", "600"]) {
  copyFileSync(
    join(plex, "files", `ibm-plex-sans-latin-${weight}-normal.woff2`),
    join(dist, `plex-sans-${weight}.woff2`),
  );
}
copyFileSync(join(plex, "LICENSE"), join(dist, "plex-sans-license.txt"));

execFileSync(
  process.execPath,
  [
    join(modules, "@tailwindcss", "cli", "dist", "index.mjs"),
    "--input", join(here, "css", "app.css"),
    "--output", join(dist, "app.css"),
    "--minify",
  ],
  { cwd: join(here, ".."), stdio: ["ignore", "inherit", "inherit"] },
);
