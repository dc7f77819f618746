type Child = Node | string;

/** Creates an element; text goes in as text, never as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag, className: string, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  if (className) created.className = className;
  for (const name of Object.keys(attributes)) created.setAttribute(name, attributes[name]);
  created.append(...children);
  return created;
}

export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** `replaceChildren`, which browsers before 2020 lack. */
export function setChildren(target: Element, ...children: Child[]): void {
  while (target.firstChild) target.removeChild(target.firstChild);
  target.append(...children);
}
