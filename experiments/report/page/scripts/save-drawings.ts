/** Gives each "Save SVG" link its drawing as it is when asked for, in the light colours that print well. */
export function saveDrawings(colours: Readonly<Record<string, string>>): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a.save')) {
    const layers = link.closest('figure')?.querySelectorAll('svg') ?? [];
    link.addEventListener('click', () => {
      const [whole, ...above] = [...layers].map((layer) => layer.cloneNode(true));
      for (const layer of above) whole.appendChild(layer);
      const drawn = new XMLSerializer()
        .serializeToString(whole)
        .replace(/var\(--([a-z0-9-]+)\)/g, (variable, name: string) => colours[name] ?? variable);
      link.href = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawn)}`;
    });
    link.href = '#';
    link.hidden = false;
  }
}
