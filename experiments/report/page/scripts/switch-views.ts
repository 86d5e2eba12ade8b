/** Shows of each switch's views the one that is chosen; a choice also survives going back to the page. */
export function switchViews(): void {
  for (const control of document.querySelectorAll<HTMLElement>('[data-switch]')) {
    const name = control.dataset['switch'] ?? '';
    const show = () => {
      const chosen = control.querySelector<HTMLInputElement | HTMLSelectElement>('input:checked, select');
      for (const view of document.querySelectorAll<HTMLElement>(`[data-view="${name}"]`)) {
        view.hidden = view.dataset['key'] !== chosen?.value;
      }
    };
    control.addEventListener('change', show);
    control.hidden = false;
    show();
  }
}
