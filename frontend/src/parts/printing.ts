// A button with data-prints prints the page; without the script it is not shown (.needs-script).

export const start = (): void => {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-prints]")) window.print();
  });
};
