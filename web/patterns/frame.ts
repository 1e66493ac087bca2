/** One state in one frame: `/patterns/frame?of=widget|desk&state=ID&theme=light|dark&dir=ltr|rtl&lang=en|ar`. */
import { perform } from "./acts.ts";
import { type DeskScene, deskScript } from "./desk_script.ts";
import { playNetwork, playStorage } from "./scripted.ts";
import { type Of, stateNamed, states } from "./states.ts";
import { type WidgetScene, widgetScript } from "./widget_script.ts";

const asked = new URLSearchParams(location.search);
const page = document.documentElement;

/** Light or dark, left or right, and the language; the desk speaks English. */
function dress(of: Of): void {
  const lang = asked.get("lang") ?? "en";
  page.lang = of === "desk" ? "en" : lang;
  page.dir = asked.get("dir") ?? (lang === "ar" ? "rtl" : "ltr");
  const theme = asked.get("theme");
  if (theme) page.dataset.theme = theme;
}

/** Among others on the index, a frame does not pull the page to itself when something in it gets the focus. */
function stayInPlace(): void {
  if (parent === window) return;
  const focus = HTMLElement.prototype.focus;
  HTMLElement.prototype.focus = function (options) {
    focus.call(this, { ...options, preventScroll: true });
  };
}

/** The page of widget or desk, dressed, without its script. */
async function lay(of: string): Promise<HTMLTemplateElement> {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-of=${of}]`)!;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = template.dataset.sheet!;
  const loaded = new Promise((go) => sheet.addEventListener("load", go));
  document.head.append(sheet);
  await loaded;
  document.body.append(template.content.cloneNode(true));
  const theme = page.dataset.theme;
  if (theme) document.querySelector("checkout-chat")?.setAttribute("theme", theme);
  return template;
}

async function show(of: Of, id: string): Promise<void> {
  const { title, scene, acts = [], sees } = stateNamed(states(of, page.lang), id);
  document.title = `${title} - ${of}`;
  const template = await lay(of);
  stayInPlace();
  playStorage();
  const script = of === "desk" ? deskScript(scene as DeskScene) : widgetScript(scene as WidgetScene);
  const network = playNetwork(script);
  await import(template.dataset.script!);
  await perform([...acts, ["see", sees]], network, script.number);
}

const of = asked.get("of") === "desk" ? "desk" : "widget";
dress(of);
try {
  await show(of, asked.get("state") ?? "");
  page.dataset.ready = "yes";
} catch (error) {
  page.dataset.ready = String(error);
  console.error(error);
}
