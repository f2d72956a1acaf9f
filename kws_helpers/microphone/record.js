// A word that is said several times: a counter, and the clips to be heard, and to be taken back.

function render({ model, el }) {
  const [word, count] = [model.get("word"), model.get("count")];
  const page = element(el, "div", "kws-microphone kws-recorder");
  let loudness;
  const { stop, answered } = microphone(model, page, "Record", (share) => loudness(share));
  const counter = element(page, "div", "words");
  counter.setAttribute("aria-live", "polite");
  loudness = bar(page, "loudness", "loudness");
  const list = element(page, "ol");
  const row = element(page, "label", "file", "Or a file, with a pause after each time the word is said: ");
  const file = Object.assign(element(row, "input"), { type: "file", accept: "audio/*" });
  const problem = element(page, "div", "problem");
  problem.setAttribute("role", "alert");

  const draw = (takes) => {
    counter.textContent = takes.length < count
      ? `${takes.length} of ${count}: say “${word}”, then wait a moment.`
      : `${takes.length} recordings. Listen to them, then run the next cells.`;
    if (takes.length >= count) stop("Done.");
    list.replaceChildren();
    takes.forEach(({ sound, note }, place) => {
      const item = element(list, "li");
      const play = element(item, "button", "jupyter-button", "Play");
      play.setAttribute("aria-label", `Play number ${place + 1}`);
      play.onclick = () => new Audio(sound).play();
      const again = element(item, "button", "jupyter-button", "Again");
      again.setAttribute("aria-label", `Number ${place + 1} again: it is removed`);
      again.onclick = () => model.send({ again: place });
      element(item, "span", "note", note);
    });
  };

  const onAnswer = (answer) => {
    if (answer.heard) answered();
    problem.textContent = answer.problem ?? "";
    if (answer.takes) draw(answer.takes);
  };

  file.onchange = async () => {
    if (!file.files.length) return;
    const content = await file.files[0].arrayBuffer();
    file.value = "";  // the same file may be chosen again
    model.send({ file: true }, undefined, [content]);
  };

  model.on("msg:custom", onAnswer);
  draw([]);
  model.send({ again: null });  // what there is already, when the page was loaded anew
  return () => { stop(); model.off("msg:custom", onAnswer); };
}

export default { render };
