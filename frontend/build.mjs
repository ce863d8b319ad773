// Bundles frontend/ into static/ under names that carry their content's hash, and writes static/manifest.json:
// {"files": {logical name: file}, "icons": [names in the sprite]}. Run by `make`; takes about two seconds.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

import { forOlderBrowsers } from "./css-compat.mjs";
import { sprite, usedIcons } from "./icons.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = join(ROOT, "frontend/src");
const STATIC = join(ROOT, "static");
const TARGET = ["chrome100", "safari15.4", "firefox100"];

const checkTypes = () =>
  new Promise((resolve, reject) => {
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const child = spawn(process.execPath, [compiler, "--noEmit", "-p", join(ROOT, "frontend")], { stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error("the TypeScript check failed"))));
  });

const vendorStyles = {
  name: "vendor-styles",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]@tabler[\\/].*\.css$/ }, ({ path }) => ({
      contents: forOlderBrowsers(readFileSync(path, "utf8")),
      loader: "css",
    }));
  },
};

const WORKER = "fill-sw.ts"; // built by itself, last: it carries the names of what it keeps

const entryPoints = () => {
  const scripts = readdirSync(SOURCES).filter((name) => name.endsWith(".ts") && name !== WORKER);
  const styles = ["app.css", "fill-app.css"].map((name) => join(ROOT, "frontend/styles", name));
  return [...scripts.map((name) => join(SOURCES, name)), ...styles];
};

// What a phone says of itself when it sends: which state of these sources it runs.
const sourcesVersion = () => {
  const hash = createHash("sha256");
  for (const name of readdirSync(SOURCES, { recursive: true }).sort()) {
    if (/\.(ts|json)$/.test(name)) hash.update(name).update(readFileSync(join(SOURCES, name)));
  }
  return hash.digest("hex").slice(0, 12);
};

const bundle = async () => {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: entryPoints(),
    outdir: STATIC,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target: TARGET,
    legalComments: "eof",
    metafile: true,
    define: { APP_VERSION: JSON.stringify(sourcesVersion()) },
    write: false,
    logLevel: "warning",
    plugins: [vendorStyles],
  });
  const names = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (!output.entryPoint) continue;
    const extension = extname(path);
    names[basename(output.entryPoint, extname(output.entryPoint)) + extension] = basename(path);
  }
  const files = result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]);
  return { names, files, outputs: result.metafile.outputs };
};

// A built file and all that it imports: what must be on the phone for the page to open without a network.
const withImports = (outputs, file) => {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const { path } of byName.get(name)?.imports ?? []) visit(basename(path));
  };
  visit(file);
  return [...found];
};

const buildWorker = async (kept) => {
  const addresses = kept.map((name) => `/static/${name}`).sort();
  const page = readFileSync(join(ROOT, "templates/fill/shell.html")); // kept beside them: its change is a new version too
  const version = createHash("sha256").update(addresses.join("\n")).update(page).digest("hex").slice(0, 12);
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(SOURCES, WORKER)],
    outfile: join(STATIC, "fill-sw.js"),
    bundle: true,
    format: "iife",
    minify: true,
    target: TARGET,
    define: { PRECACHE: JSON.stringify(addresses), VERSION: JSON.stringify(version) },
    write: false,
    logLevel: "warning",
  });
  return Buffer.from(result.outputFiles[0].contents);
};

const hashed = (name, contents) => {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 8).toUpperCase();
  return `${basename(name, extname(name))}-${hash}${extname(name)}`;
};

const main = async () => {
  const started = performance.now();
  const icons = usedIcons(ROOT);
  if (icons.missing.length > 0) throw new Error(icons.missing.join("\n"));
  const [{ names, files, outputs }] = await Promise.all([bundle(), checkTypes()]);

  const extra = [["icons.svg", Buffer.from(sprite(ROOT, icons.names))]];
  const folder = join(ROOT, "frontend/public");
  for (const name of readdirSync(folder)) extra.push([name, readFileSync(join(folder, name))]);
  for (const [name, contents] of extra) {
    names[name] = hashed(name, contents);
    files.push([names[name], contents]);
  }

  const offline = [...withImports(outputs, names["fill.js"]), names["fill-app.css"], names["favicon.svg"]];
  const worker = await buildWorker(offline);
  names["fill-sw.js"] = hashed("fill-sw.js", worker);
  files.push([names["fill-sw.js"], worker]);

  mkdirSync(STATIC, { recursive: true });
  const kept = new Set(["manifest.json"]);
  for (const [name, contents] of files) {
    writeFileSync(join(STATIC, name), contents);
    kept.add(name);
    if (/\.(js|css|svg)$/.test(name)) {
      writeFileSync(join(STATIC, `${name}.gz`), gzipSync(contents, { level: constants.Z_BEST_COMPRESSION }));
      kept.add(`${name}.gz`);
    }
  }
  // The manifest last and in one step: a server that starts meanwhile sees the old build or the new one, whole.
  const manifest = join(STATIC, "manifest.json");
  writeFileSync(`${manifest}.new`, `${JSON.stringify({ files: names, icons: icons.names }, null, 2)}\n`);
  renameSync(`${manifest}.new`, manifest);
  for (const name of readdirSync(STATIC)) if (!kept.has(name)) rmSync(join(STATIC, name), { recursive: true });

  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const kilobytes = (name) => Math.round(gzipSync(files.find(([file]) => file === names[name])[1]).length / 1024);
  const sizes = ["app.css", "main.js", "fill.js", "icons.svg"].map((name) => `${name} ${kilobytes(name)} KB`).join(", ");
  console.log(`front end built in ${seconds} s: ${sizes} (gzip), ${icons.names.length} icons`);
};

main().catch((error) => {
  console.error(`front end not built: ${error.message}`);
  process.exitCode = 1;
});
