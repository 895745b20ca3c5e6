// Translation models: a sentence, its translation, and the weights of attention as a heat map.
'use strict';
play.parts.translation = (() => {
  const get = play.get;

  const NAMES = {en: 'English', fr: 'French', de: 'German', es: 'Spanish', it: 'Italian'};
  const language = (code) => NAMES[code] || code || '';
  // the built-in sentences know few words
  const BUILT_IN = 'My brother sees the small black cat.';
  const EXAMPLES = {en: 'The cat sleeps.', fr: 'Le chat dort.',
    de: 'Die Katze schläft.'};
  let last = null;

  function draw() {
    const table = get('weights');
    get('attention').hidden = !last || !last.rows || last.rows.length === 0;
    if (get('attention').hidden) return;
    const head = play.make('tr');
    head.append(play.make('td'), ...last.columns.map((piece) => play.make('th', piece, {scope: 'col'})));
    const body = play.make('tbody');
    last.rows.forEach((piece, row) => {
      const line = play.make('tr');
      line.append(play.make('th', piece, {scope: 'row'}));
      (last.alignment[row] || []).forEach((weight) => {
        const cell = play.make('td', weight >= 0.005 ? weight.toFixed(2).replace(/^0/, '') : '');
        const share = Math.max(0, Math.min(1, weight));
        cell.style.backgroundColor = 'color-mix(in srgb, var(--s0) ' + Math.round(100 * share) + '%, var(--track))';
        cell.style.color = share > 0.5 ? 'var(--ground)' : 'var(--ink)';
        line.append(cell);
      });
      body.append(line);
    });
    const top = play.make('thead');
    top.append(head);
    table.replaceChildren(top, body);
  }

  get('translation-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    play.clear();
    get('translate').disabled = true;
    get('translated').textContent = 'Translating …';
    try {
      const model = play.model();
      const answer = await play.ask('translation', {text: get('sentence').value});
      if (play.model() !== model) return;
      last = answer;
      const all = answer.translations;
      get('translated').textContent = all.length ? all[0].text || '(nothing)' : '(nothing)';
      get('others-translated').hidden = all.length < 2;
      get('others-translated').replaceChildren(...all.slice(1).map((each) =>
        play.make('li', each.text || '(nothing)')));
      draw();
    } catch (error) {
      get('translated').textContent = '';
      play.fail(error);
    } finally {
      get('translate').disabled = false;
    }
  });

  return {
    show(model) {
      last = null;
      draw();
      get('from').textContent = 'Sentence' + (model.source ? ' in ' + language(model.source) : '');
      get('translate').textContent = 'Translate' + (model.target ? ' to ' + language(model.target) : '');
      get('sentence').lang = model.source || '';
      get('translated').lang = model.target || '';
      get('sentence').value = (/built-in sentences/.test(model.description || '') ? BUILT_IN : '') || EXAMPLES[model.source] || '';
      get('translated').textContent = '';
      get('others-translated').hidden = true;
    },
    hide() {},
  };
})();
