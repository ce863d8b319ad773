// On a phone each row of `.table-cards` stands as a card; its cells need their column's name beside them. The roles
// are written out because a table that is not laid out as one loses them.

const label = (table: HTMLTableElement): void => {
  const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent?.trim() ?? "");
  table.setAttribute("role", "table");
  for (const group of table.querySelectorAll("thead, tbody, tfoot")) group.setAttribute("role", "rowgroup");
  for (const cell of table.querySelectorAll("thead th")) cell.setAttribute("role", "columnheader");
  for (const row of table.querySelectorAll("tr")) {
    row.setAttribute("role", "row");
    [...row.querySelectorAll<HTMLElement>("td, th[scope=row]")].forEach((cell, column) => {
      cell.setAttribute("role", cell.tagName === "TD" ? "cell" : "rowheader");
      if (!cell.dataset.label && names[column]) cell.dataset.label = names[column];
    });
  }
};

const labelAll = (within: ParentNode): void => {
  within.querySelectorAll<HTMLTableElement>("table.table-cards").forEach(label);
};

export const start = (): void => {
  labelAll(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof Element && event.target !== document.body) labelAll(event.target.parentElement ?? event.target);
  });
};
