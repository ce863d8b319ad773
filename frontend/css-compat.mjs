// Schools run old browsers. Tabler writes its colours with light-dark() and oklch(), which Chromium learned in 2024
// and 2023; where a custom property holds a function the browser does not know, the whole look collapses. There is
// one theme, so both can be worked out here: what is left needs Chromium 111 or Safari 16.2.

const closingParenthesis = (text, open) => {
  for (let at = open, depth = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")" && (depth -= 1) === 0) return at;
  }
  throw new Error(`unbalanced parenthesis in the style sheet near: ${text.slice(open, open + 60)}`);
};

const firstArgument = (text) => {
  for (let at = 0, depth = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") depth -= 1;
    else if (text[at] === "," && depth === 0) return text.slice(0, at);
  }
  return text;
};

const keepLight = (css) => {
  let result = css;
  for (let at = result.indexOf("light-dark("); at >= 0; at = result.indexOf("light-dark(", at)) {
    const open = at + "light-dark".length;
    const close = closingParenthesis(result, open);
    result = result.slice(0, at) + firstArgument(result.slice(open + 1, close)).trim() + result.slice(close + 1);
  }
  return result;
};

/** OKLCH (lightness 0–1, chroma, hue in degrees) → "#rrggbb"; matrices of the CSS Color 4 specification. */
export const oklchToHex = (lightness, chroma, hue) => {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const channel = (value) => {
    const clipped = Math.min(1, Math.max(0, value));
    const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255).toString(16).padStart(2, "0");
  };
  return `#${linear.map(channel).join("")}`;
};

const hexOf = (lightness, chroma, hue) =>
  oklchToHex(Number(lightness) / 100, Number(chroma), hue === "none" ? 0 : Number(hue));

// The second spelling stands inside pictures that are written as data: addresses.
const workOutColours = (css) =>
  css
    .replace(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+|none)(?:deg)?\)/g, (_, ...parts) => hexOf(...parts))
    .replace(/oklch%28([\d.]+)%25 ([\d.]+) ([\d.]+|none)(?:deg)?%29/g, (_, ...parts) => hexOf(...parts).replace("#", "%23"));

export const forOlderBrowsers = (css) => workOutColours(keepLight(css));
