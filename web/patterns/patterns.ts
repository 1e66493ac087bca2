/** The index: each state under its heading in a frame of its own, which is loaded when it comes into view. */
import { states } from "./states.ts";

const HEIGHTS = { widget: 640, desk: 760 };
const form = document.querySelector<HTMLFormElement>("#look")!;
const asked = new URLSearchParams(location.search);

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K, props: Partial<HTMLElementTagNameMap[K]>, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
}

function list(of: "widget" | "desk", look: URLSearchParams): void {
  const title = of === "widget" ? "The widget" : "The desk";
  const width = Number(of === "desk" ? Math.max(1280, Number(look.get("width"))) : look.get("width"));
  const links = element("ul", {});
  const section = element("section", {}, element("h2", { id: of }, title));
  for (const state of states(of, look.get("lang") ?? "en")) {
    const id = `${of}-${state.id}`;
    const address = `/patterns/frame?${new URLSearchParams({ of, state: state.id, ...Object.fromEntries(look) })}`;
    links.append(element("li", {}, element("a", { href: `#${id}` }, state.title)));
    section.append(element("article", { id },
      element("h3", {}, state.title, " ", element("a", { href: address, ariaLabel: `${state.title}, alone` }, "alone")),
      element("p", {}, state.shows),
      element("div", { className: "scroll", tabIndex: 0, role: "group", ariaLabel: `${state.title}, ${of}` },
        element("iframe", { src: address, title: `${state.title}, ${of}`, loading: "lazy", width: String(width), height: String(HEIGHTS[of]) }))));
  }
  document.querySelector("nav")!.append(element("h2", {}, title), links);
  document.querySelector("main")!.append(section);
}

function draw(): void {
  const look = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  history.replaceState(null, "", `?${look}${location.hash}`);
  if (!look.get("theme")) look.delete("theme");
  document.querySelector("nav")!.replaceChildren();
  document.querySelector("main")!.replaceChildren();
  list("widget", look);
  list("desk", look);
}

for (const [name, value] of asked) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLSelectElement && [...field.options].some((option) => option.value === value)) field.value = value;
}
form.addEventListener("change", draw);
draw();
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
