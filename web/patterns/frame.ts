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

/** The page of widget or desk, without its script. */
function lay(of: string): HTMLTemplateElement {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-of=${of}]`)!;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = template.dataset.sheet!;
  document.head.append(sheet);
  document.body.append(template.content.cloneNode(true));
  const theme = page.dataset.theme;
  if (theme) document.querySelector("checkout-chat")?.setAttribute("theme", theme);
  return template;
}

async function show(of: Of, id: string): Promise<void> {
  const { title, scene, acts = [], sees } = stateNamed(states(of, page.lang), id);
  document.title = `${title} - ${of}`;
  const template = lay(of);
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
