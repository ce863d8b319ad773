// The sprite holds the icons that templates and Python name, nothing else: 5,000 would weigh megabytes.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const SOURCES = ["templates", "platform", "tenants", "wsgi.py", "frontend/src"];
const FOLDER = "node_modules/@tabler/icons/icons";
const NAME = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";

const filesBelow = (path) => {
  if (!existsSync(path)) return [];
  if (/\.(py|html|ts)$/.test(path)) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.name !== "__pycache__")
    .flatMap((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return filesBelow(child);
      return /\.(py|html|ts)$/.test(entry.name) ? [child] : [];
    });
};

const argumentsOfCalls = (text, callee) => {
  const found = [];
  const pattern = new RegExp(`\\b${callee}\\(`, "g");
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    let depth = 1;
    let at = match.index + match[0].length;
    while (at < text.length && depth > 0) {
      if (text[at] === "(") depth += 1;
      else if (text[at] === ")") depth -= 1;
      at += 1;
    }
    found.push(text.slice(match.index + match[0].length, at - 1));
  }
  return found;
};

const literals = (text) => [...text.matchAll(new RegExp(`["'](${NAME}(?:/filled)?)["']`, "g"))].map((match) => match[1]);

const svgPath = (root, name) => {
  const filled = name.endsWith("/filled");
  return join(root, FOLDER, filled ? "filled" : "outline", `${name.replace("/filled", "")}.svg`);
};

/**
 * Names used: `icon("x")`, `icon="x"` or `icon_name="x"`, a literal within `MenuItem(…)`, or a comment `icons: x, y` beside a look-up.
 * Only the first argument of `icon()` must exist; elsewhere a literal that is no icon means something else.
 */
export const usedIcons = (root) => {
  const names = new Set();
  const missing = [];
  for (const source of SOURCES) {
    for (const file of filesBelow(join(root, source))) {
      const text = readFileSync(file, "utf8");
      const sure = [...text.matchAll(new RegExp(`\\bicon\\(\\s*["'](${NAME}(?:/filled)?)["']`, "g"))].map((m) => m[1]);
      for (const name of sure) {
        if (!existsSync(svgPath(root, name))) missing.push(`${relative(root, file)}: no icon named "${name}"`);
      }
      const perhaps = [
        ...argumentsOfCalls(text, "icon").flatMap(literals),
        ...argumentsOfCalls(text, "MenuItem").flatMap(literals),
        ...[...text.matchAll(new RegExp(`\\bicon(?:_name)?\\s*[=:]\\s*["'](${NAME})["']`, "g"))].map((m) => m[1]),
        ...[...text.matchAll(/\bicons: ([a-z0-9, /-]+)/g)].flatMap((m) => m[1].split(",").map((name) => name.trim())),
      ];
      for (const name of [...sure, ...perhaps]) if (name && existsSync(svgPath(root, name))) names.add(name);
    }
  }
  return { names: [...names].sort(), missing };
};

export const sprite = (root, names) => {
  const symbols = names.map((name) => {
    const source = readFileSync(svgPath(root, name), "utf8");
    const paths = source.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ").trim();
    // The empty box that every outline icon starts with draws nothing.
    const drawn = paths.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").trim();
    const paint = name.endsWith("/filled")
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
    return `<symbol id="${name.replace("/filled", "-filled")}" viewBox="0 0 24 24" ${paint}>${drawn}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
};
