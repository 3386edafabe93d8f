// The visual language in numbers: everything a page may use, and nothing else. Tailwind's own palette, type scale and
// shadows are replaced, so a stray colour or size cannot be written.
const plugin = require("tailwindcss/plugin");

// Colour tokens, light and dark. Text pairs keep a contrast of 4.5 or more, edges and focus 3 or more; a test
// (views/ui) measures them. border is decoration only: what must be seen as a control uses border-strong.
const tokens = {
  "bg": ["#FFFFFF", "#0F1416"],
  "surface": ["#F6F7F7", "#161C1F"],
  "sunken": ["#EDEFEF", "#0A0E10"],
  "fg": ["#161B1D", "#E6EAEB"],
  "muted": ["#565F63", "#A3ADB1"],
  "faint": ["#656E72", "#8B969A"],
  "border": ["#D5DADB", "#2C3539"],
  "border-strong": ["#7F898D", "#6B777C"],
  "accent": ["#0B5E6B", "#6CC5D1"],
  "accent-hover": ["#084A54", "#8CD5DF"],
  "accent-bg": ["#E3F1F3", "#12323A"],
  "on-accent": ["#FFFFFF", "#06262B"],
  "sel": ["#E8F3F5", "#142B31"],
  "focus": ["#0B5E6B", "#6CC5D1"],
  "ok": ["#1B6E35", "#6CC888"],
  "ok-bg": ["#E4F4E8", "#11301B"],
  "warn": ["#855300", "#E2B04A"],
  "warn-bg": ["#FDF1D6", "#33270B"],
  "bad": ["#B3261E", "#FF8A80"],
  "bad-bg": ["#FCEAE8", "#3B1715"],
  "info": ["#2B5BA8", "#8DB4F2"],
  "info-bg": ["#E8EFFA", "#152744"],
  "ext": ["#6A3FA0", "#C6A6F0"],
  "ext-bg": ["#F1EAFA", "#2A1D3F"],
  "neutral-bg": ["#ECEEEF", "#232B2F"],
  "danger": ["#B3261E", "#C9372C"],
  "danger-hover": ["#8F1D17", "#A82C21"],
  "on-danger": ["#FFFFFF", "#FFFFFF"],
};

const values = (scheme) => ({
  "color-scheme": ["light", "dark"][scheme],
  ...Object.fromEntries(Object.entries(tokens).map(([name, pair]) => [`--${name}`, pair[scheme]])),
});

module.exports = {
  content: ["./views/**/*.templ"],
  theme: {
    colors: {
      transparent: "transparent",
      current: "currentColor",
      ...Object.fromEntries(Object.keys(tokens).map((name) => [name, `var(--${name})`])),
    },
    // One grid of 4 px. No other distances.
    spacing: { 0: "0", px: "1px", 1: "4px", 2: "8px", 3: "12px", 4: "16px", 6: "24px", 8: "32px", 12: "48px" },
    fontFamily: {
      sans: ['"Plex Sans"', "system-ui", "-apple-system", '"Segoe UI"', "sans-serif"],
      mono: ["ui-monospace", '"SF Mono"', "Menlo", "Consolas", "monospace"],
    },
    fontSize: {
      title: ["20px", { lineHeight: "28px", fontWeight: "600" }],
      section: ["16px", { lineHeight: "24px", fontWeight: "600" }],
      body: ["14px", { lineHeight: "20px" }],
      table: ["13px", { lineHeight: "20px" }],
      small: ["12px", { lineHeight: "16px" }],
    },
    fontWeight: { normal: "400", semibold: "600" },
    borderRadius: { none: "0", tag: "4px", control: "6px", panel: "8px" },
    boxShadow: { popover: "0 8px 24px rgb(0 0 0/.16)" },
    maxWidth: { none: "none", full: "100%", measure: "72ch", form: "640px", field: "360px" },
    screens: { sidebar: "860px", wide: "1280px" },
  },
  plugins: [
    plugin(({ addBase }) => {
      addBase({
        ":root": values(0),
        "@media (prefers-color-scheme: dark)": { ":root:not([data-theme=light])": values(1) },
        ":root[data-theme=dark]": values(1),
      });
    }),
  ],
};
