/**
 * Builds the front end into bot/static/. A part whose entry file does not exist yet is left out.
 *
 *   node build.mjs            widget, desk, demo and patterns, with a table of sizes
 *   node build.mjs --watch    the same again on every change
 *   node build.mjs --tests    test/*.test.ts into var/web-test/*.test.mjs, for `node --test`
 *
 * widget/checkout-chat.ts     bot/static/widget/<version>/checkout-chat.js      widget/manifest.json
 * widget/words/<locale>.ts    bot/static/widget/<version>/words/<locale>.json   (`en` is inside the bundle)
 * desk/desk.tsx, desk.css     bot/static/desk/desk-<hash>.js, .css              desk/manifest.json
 * demo/demo.ts or demo.tsx,   bot/static/demo/demo.js, demo.css, index.html; every other file in demo/ is copied.
 *   demo.css, index.html      In index.html `<!-- widget -->` becomes the widget's script tag, and
 *                             %widget.path%, %widget.integrity% and %widget.version% its parts.
 * patterns/patterns.ts,       bot/static/patterns/patterns.js, frame.js, patterns.css, index.html, frame.html
 *   frame.ts, patterns.css    In frame.html also %desk.script% and %desk.sheet%, paths.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { existsSync, watch } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";

const WEB = dirname(fileURLToPath(import.meta.url));
const STATIC = join(WEB, "../bot/static");
const TESTS = join(WEB, "../var/web-test");
/** Shops pin a version with its hash, so an upgrade must not take the last ones away. */
const WIDGET_VERSIONS_KEPT = 5;
/**
 * Property names that only the widget's own parts say to each other; in its bundle they are one or two letters long.
 * None of the browser's, of the wire, of what is stored or of `Word`: those are known outside the bundle.
 */
const INNER_NAMES =
  "acted|announce|anyway|around|askPerson|atLeft|attach|cards|chat|clock|connect|detach|draw|facts|fire|" +
  "focusPanel|happened|launcher|leave|messages|newId|node|notify|nudge|numbered|onChange|onFrame|onHandOver|" +
  "onNew|onNotices|onPending|onRefused|onStatus|onWelcome|openSocket|otherTab|panel|pick|pieces|problem|reset|" +
  "resume|sendAgain|sendingContact|sizes|suggest|toEnd|transport|trouble|unread|unsent|wake";

const SHARED_OPTIONS = {
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  external: ["*.svg", "*.png", "*.jpg", "*.webp"],
};

/** `import sheet from "./x.css"` in a script gives the minified text, with its own imports inlined. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const result = await esbuild.build({ ...SHARED_OPTIONS, entryPoints: [path], write: false });
      return { contents: leanCss(result.outputFiles[0].text), loader: "text", watchFiles: [path] };
    });
  },
};

/**
 * Without the tokens nobody uses and without `:root`, which a shadow tree has not: the shared sheet is the desk's too.
 * Tokens get a letter for a name, but for those that a shop may set.
 */
function leanCss(css) {
  const used = new Set([...css.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  const inner = [...used].filter((name) => !name.startsWith("--checkout-chat"));
  const short = new Map(inner.map((name, place) => [name, `--${String.fromCharCode(97 + place)}`]));
  if (inner.length > 26) throw new Error(`The widget's sheet uses ${inner.length} tokens, and there are 26 letters.`);
  return css
    .trim()
    .replaceAll(/:root[^,{]*,/g, "")
    .replaceAll(/(--[\w-]+): ?([^;}]+);?/g, (_, name, value) => (used.has(name) ? `${name}:${value};` : ""))
    .replaceAll(";}", "}")
    .replaceAll(/--[\w-]+/g, (name) => short.get(name) ?? name)
    .replaceAll(/(\(--[\w-]+), /g, "$1,");
}

function describe(path, contents) {
  return {
    path,
    integrity: `sha384-${createHash("sha384").update(contents).digest("base64")}`,
    bytes: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
  };
}

async function write(path, contents) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

const writeJson = (path, value) => write(path, `${JSON.stringify(value, null, 2)}\n`);

async function buildWidget() {
  const entry = join(WEB, "widget/checkout-chat.ts");
  if (!existsSync(entry)) return null;
  const words = await widgetWords();
  const result = await esbuild.build({
    ...SHARED_OPTIONS,
    entryPoints: [entry],
    plugins: [cssAsText, wordsAsList],
    mangleProps: new RegExp(`^(?:${INNER_NAMES})$`),
    define: {
      LOCALES: JSON.stringify(words.map(([name]) => basename(name, ".json"))),
      HAS_LOCALES: String(words.length > 0),
    },
    write: false,
  });
  const script = await pack(result.outputFiles[0].text);
  const outputs = [["checkout-chat.js", Buffer.from(script)], ...words];
  const hash = createHash("sha256");
  for (const [name, contents] of outputs) hash.update(name).update(contents);
  const { version: release } = JSON.parse(await readFile(join(WEB, "package.json"), "utf8"));
  const version = `${release}-${hash.digest("hex").slice(0, 10)}`;
  const files = {};
  for (const [name, contents] of outputs) {
    await write(join(STATIC, "widget", version, name), contents);
    files[name] = describe(`/widget/${version}/${name}`, contents);
  }
  await writeJson(join(STATIC, "widget/manifest.json"), { version, files });
  await forgetOldWidgets(version);
  return { version, files };
}

/** A second pass, for names that are the same in every scope: 800 bytes less of the widget's 15,000, gzipped. */
async function pack(script) {
  const { code } = await minify(script, {
    module: true,
    ecma: 2020,
    compress: { passes: 4, ecma: 2020, unsafe: true, unsafe_arrows: true, pure_getters: true, keep_fargs: false, sequences: false, unsafe_methods: true },
    format: { ascii_only: true },
  });
  return code;
}

async function widgetWords() {
  const outputs = [];
  for (const name of await readdir(join(WEB, "widget/words"))) {
    const locale = basename(name, ".ts");
    if (locale !== "en") outputs.push([`words/${locale}.json`, Buffer.from(await wordList(join(WEB, "widget/words", name)))]);
  }
  return outputs;
}

/** A catalogue as JSON, in the order of `Word`: its names are numbers by then. */
async function wordList(path) {
  const built = await esbuild.build({ ...SHARED_OPTIONS, entryPoints: [path], write: false });
  const module = await import(`data:text/javascript,${encodeURIComponent(built.outputFiles[0].text)}`);
  return JSON.stringify(Object.values(module.default));
}

const wordsAsList = {
  name: "words-as-list",
  setup(build) {
    build.onLoad({ filter: /\/words\/\w+\.ts$/ }, async ({ path }) => ({ contents: await wordList(path), loader: "json" }));
  },
};

async function forgetOldWidgets(current) {
  const folder = join(STATIC, "widget");
  const versions = (await readdir(folder, { withFileTypes: true })).filter((found) => found.isDirectory());
  const aged = await Promise.all(versions.map(async ({ name }) => [name, (await stat(join(folder, name))).mtimeMs]));
  const old = aged.filter(([name]) => name !== current).sort((a, b) => b[1] - a[1]).slice(WIDGET_VERSIONS_KEPT - 1);
  for (const [name] of old) await rm(join(folder, name), { recursive: true });
}

async function buildDesk() {
  const entryPoints = ["desk.tsx", "desk.css"].map((name) => join(WEB, "desk", name)).filter(existsSync);
  if (entryPoints.length === 0) return null;
  const result = await esbuild.build({
    ...SHARED_OPTIONS,
    entryPoints,
    outdir: join(STATIC, "desk"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    splitting: true,
    metafile: true,
    write: false,
  });
  await rm(join(STATIC, "desk"), { recursive: true, force: true });
  const files = {};
  for (const file of result.outputFiles) {
    const contents = Buffer.from(file.contents);
    const { entryPoint } = result.metafile.outputs[relative(process.cwd(), file.path)];
    const name = entryPoint ? basename(entryPoint).replace(".tsx", ".js") : basename(file.path);
    await write(file.path, contents);
    files[name] = describe(`/desk/assets/${basename(file.path)}`, contents);
  }
  await writeJson(join(STATIC, "desk/manifest.json"), { files });
  return { files };
}

async function buildDemo(widget) {
  const folder = join(WEB, "demo");
  const script = ["demo.ts", "demo.tsx"].map((name) => join(folder, name)).find(existsSync);
  if (!script || !existsSync(join(folder, "index.html"))) return null;
  const out = join(STATIC, "demo");
  await rm(out, { recursive: true, force: true });
  await cp(folder, out, { recursive: true, filter: (path) => !/\.(tsx?|css|html|md)$/.test(path) });
  const entryPoints = [script, join(folder, "demo.css")].filter(existsSync);
  const result = await esbuild.build({ ...SHARED_OPTIONS, entryPoints, outdir: out, write: false });
  const files = {};
  for (const file of result.outputFiles) {
    const contents = Buffer.from(file.contents);
    await write(file.path, contents);
    files[basename(file.path)] = describe(`/demo/${basename(file.path)}`, contents);
  }
  const page = await readFile(join(folder, "index.html"), "utf8");
  await write(join(out, "index.html"), fillIn(page, widget));
  return { files };
}

/** Every state of widget and desk, as built just now, in frames. */
async function buildPatterns(widget, desk) {
  const folder = join(WEB, "patterns");
  if (!existsSync(join(folder, "frame.ts"))) return null;
  const out = join(STATIC, "patterns");
  await rm(out, { recursive: true, force: true });
  const entryPoints = ["patterns.ts", "frame.ts", "patterns.css"].map((name) => join(folder, name));
  const result = await esbuild.build({ ...SHARED_OPTIONS, entryPoints, outdir: out, write: false });
  const files = {};
  for (const file of result.outputFiles) {
    const contents = Buffer.from(file.contents);
    await write(file.path, contents);
    files[basename(file.path)] = describe(`/patterns/${basename(file.path)}`, contents);
  }
  for (const name of ["index.html", "frame.html"]) {
    const page = fillIn(await readFile(join(folder, name), "utf8"), widget)
      .replaceAll("%desk.script%", desk?.files["desk.js"].path ?? "")
      .replaceAll("%desk.sheet%", desk?.files["desk.css"].path ?? "");
    await write(join(out, name), page);
  }
  return { files };
}

function fillIn(page, widget) {
  const file = widget?.files["checkout-chat.js"];
  const tag = file
    ? `<script type="module" src="${file.path}" integrity="${file.integrity}" crossorigin></script>`
    : "";
  return page
    .replaceAll("<!-- widget -->", tag)
    .replaceAll("%widget.path%", file?.path ?? "")
    .replaceAll("%widget.integrity%", file?.integrity ?? "")
    .replaceAll("%widget.version%", widget?.version ?? "");
}

async function buildTests() {
  const folder = join(WEB, "test");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".test.ts"));
  await rm(TESTS, { recursive: true, force: true });
  await esbuild.build({
    ...SHARED_OPTIONS,
    minify: false,
    sourcemap: "inline",
    entryPoints: names.map((name) => join(folder, name)),
    outdir: TESTS,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    plugins: [cssAsText],
    define: { "process.env.PROJECT": JSON.stringify(join(WEB, "..")) },
  });
  console.log(`${names.length} test files in var/web-test`);
}

function report(part, built) {
  if (!built) return console.log(`${part.padEnd(8)} not there yet, left out`);
  for (const [name, { bytes, gzip }] of Object.entries(built.files)) {
    console.log(`${part.padEnd(8)} ${name.padEnd(28)} ${String(bytes).padStart(8)} B ${String(gzip).padStart(7)} B gzip`);
  }
}

async function buildAll() {
  const widget = await buildWidget();
  const desk = await buildDesk();
  const parts = { widget, desk, demo: await buildDemo(widget), patterns: await buildPatterns(widget, desk) };
  for (const [part, built] of Object.entries(parts)) report(part, built);
}

function watchAll() {
  let timer = null;
  let running = Promise.resolve();
  watch(WEB, { recursive: true }, (_event, name) => {
    if (!name || name.includes("node_modules") || name.startsWith(".")) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(buildAll).catch((error) => console.error(error.message));
    }, 50);
  });
  console.log("Watching web/. Ctrl-C ends it.");
}

async function main(args) {
  if (args.includes("--tests")) return buildTests();
  await buildAll();
  if (args.includes("--watch")) watchAll();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.slice(2)).catch((error) => {
    console.error(error.errors ? `The front end was not built: ${error.errors.length} errors, above.` : error.stack);
    process.exitCode = 1;
  });
}
