// Each block of code has a button that copies it; of a session, the button
// copies what is typed at the prompts.

const PROMPT = /^(>>>|\.\.\.|\$)( |$)/;

function code(text, isSession) {
  const lines = text.trimEnd().split("\n");
  if (!isSession) return lines.join("\n");
  const commands = lines.filter((line) => PROMPT.test(line));
  return commands.map((line) => line.replace(PROMPT, "")).join("\n");
}

async function copy(button, pre, text, status) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = status.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(pre);
    button.textContent = status.textContent = "Selected";
  }
  setTimeout(() => {
    button.textContent = "Copy";
    status.textContent = "";
  }, 2000);
}

const status = document.createElement("p");
status.className = "copy-status";
status.setAttribute("role", "status");
document.body.append(status);

for (const language of ["python", "default", "terminal"]) {
  for (const pre of document.querySelectorAll(`.highlight-${language} pre`)) {
    const text = code(pre.textContent, language !== "python");
    if (!text) continue;
    const button = document.createElement("button");
    button.className = "copy";
    button.textContent = "Copy";
    button.onclick = () => copy(button, pre, text, status);
    pre.after(button);
  }
}
