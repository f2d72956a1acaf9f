// Bars that move, a threshold to move, and the last words that were detected.

// The slider; the lines on the bars follow it, and so does Python.
function thresholdSlider(model, page) {
  const row = element(page, "label", "threshold", "threshold");
  const slider = element(row, "input");
  Object.assign(slider, { type: "range", min: 0.05, max: 0.99, step: 0.01, value: model.get("threshold") });
  slider.dataset.lmSuppressShortcuts = "true";  // or JupyterLab takes the arrow keys
  const number = element(row, "output");
  const draw = () => {
    page.style.setProperty("--threshold", `${100 * slider.value}%`);
    number.textContent = Number(slider.value).toFixed(2);
  };
  slider.oninput = () => {
    draw();
    model.set("threshold", Number(slider.value));
    model.save_changes();
  };
  draw();
}

function render({ model, el }) {
  const page = element(el, "div", "kws-microphone");
  let loudness;
  const { stop, answered } = microphone(model, page, "Start listening", (share) => loudness(share));
  const words = element(page, "div", "words", "No keyword yet.");
  words.setAttribute("aria-live", "polite");
  thresholdSlider(model, page);
  loudness = bar(page, "loudness", "loudness");
  const bars = model.get("names").map((name) => bar(page, name));
  let said = [];

  const onAnswer = (answer) => {
    answered();
    if (answer.problem) return stop(`Your functions stopped with an error. ${answer.problem}`);
    answer.bars?.forEach((share, number) => bars[number](share));
    if (answer.words.length) {
      said = [...answer.words.reverse(), ...said].slice(0, 8);
      words.textContent = said.join(" · ");
    }
  };

  model.on("msg:custom", onAnswer);
  return () => { stop(); model.off("msg:custom", onAnswer); };
}

export default { render };
