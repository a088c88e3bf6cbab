/** Files cannot be sent: the page says so when one is dropped or pasted. Without this a browser would leave the page
    and show the file. */

const NO_FILES = "Files and images cannot be sent here. Paste their text instead.";

document.addEventListener("dragover", (event) => isForField(event) || event.preventDefault());

document.addEventListener("drop", (event) => {
  if (isForField(event)) return;
  event.preventDefault();
  if (holdsFiles(event.dataTransfer)) refuse();
});

document.addEventListener("paste", (event) => {
  if (!holdsFiles(event.clipboardData) || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  refuse();
});

function isForField({ target, dataTransfer }) {
  return !holdsFiles(dataTransfer) && Boolean(target.closest?.("input, textarea"));
}

function holdsFiles({ types }) {
  return types.includes("Files");
}

function refuse() {
  document.querySelector("chat-composer").notice(NO_FILES);
}
