// Small line charts. A series has values over moments; a mark is a level that theory names. What lies after the
// present moment is on record only, and drawn faintly.
function short(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size && (size < 1e-3 || size >= 1e4)) {
    const [digits, power] = value.toExponential(1).split('e');
    return `${digits}·10${[...power.replace('+', '')].map(c => '⁰¹²³⁴⁵⁶⁷⁸⁹'[c] ?? '⁻').join('')}`;
  }
  return value.toFixed(size < 10 ? 3 : size < 100 ? 1 : 0);
}

function limits(chart) {
  if (chart.range) return chart.range;
  let values = [];
  for (const series of chart.series) for (const v of series.values) if (Number.isFinite(v) && (!chart.log || v > 0)) values.push(v);
  if (chart.log) values = values.map(Math.log10);
  values.sort((a, b) => a - b);
  if (!values.length) values = [0, 1];
  // A few wild values must not press the rest flat: two in a hundred at either end may leave the chart.
  let low = values[Math.floor(values.length * .02)], high = values[Math.ceil(values.length * .98) - 1];
  for (const mark of chart.marks || []) if (!mark.far) { low = Math.min(low, mark.value); high = Math.max(high, mark.value); }
  if (chart.zero) low = Math.min(low, 0);
  const room = Math.max((high - low) * .08, 1e-9 + Math.abs(high) * .02);
  return [low - room, high + room];
}

function drawChart(canvas, chart) {
  const [pen, width, height] = fit(canvas), left = 40, right = 8, top = 6, bottom = 16;
  const [low, high] = limits(chart), inner = [width - left - right, height - top - bottom];
  const x = moment => left + inner[0] * moment / Math.max(1, chart.end);
  const y = value => top + inner[1] * (1 - ((chart.log ? Math.log10(value) : value) - low) / (high - low));
  pen.font = '11px system-ui, sans-serif'; pen.textBaseline = 'middle'; pen.lineJoin = 'round';
  pen.strokeStyle = INK.faint; pen.fillStyle = INK.faint; pen.globalAlpha = .35; pen.lineWidth = 1;
  pen.strokeRect(left, top, inner[0], inner[1]); pen.globalAlpha = 1;
  pen.textAlign = 'right';
  const ends = chart.log ? [10 ** low, 10 ** high] : [low, high];
  pen.fillText(chart.ticks ? chart.ticks[1] : short(ends[1]), left - 4, top + 5);
  pen.fillText(chart.ticks ? chart.ticks[0] : short(ends[0]), left - 4, top + inner[1] - 4);
  pen.textAlign = 'left'; pen.fillText('0', left, height - 7);
  pen.textAlign = 'right'; pen.fillText(chart.end, width - right, height - 7);
  pen.textAlign = 'center'; pen.fillText('moments', left + inner[0] / 2, height - 7);
  pen.save(); pen.beginPath(); pen.rect(left, top, inner[0], inner[1]); pen.clip();
  for (const mark of chart.marks || []) {
    pen.strokeStyle = pen.fillStyle = mark.ink || INK.ink; pen.globalAlpha = .8; pen.lineWidth = 1; pen.setLineDash([2, 4]);
    pen.beginPath(); pen.moveTo(left, y(mark.value)); pen.lineTo(width - right, y(mark.value)); pen.stroke();
    pen.textAlign = 'right'; pen.fillText(mark.name, width - right - 4, y(mark.value) + (y(mark.value) < top + 14 ? 8 : -7));
  }
  for (const series of chart.series) {
    for (const past of [true, false]) {
      pen.save(); pen.beginPath();
      const now = x(chart.now);
      pen.rect(past ? left : now, 0, past ? now - left : width, height); pen.clip();
      pen.globalAlpha = past ? 1 : .3; pen.strokeStyle = series.ink; pen.lineWidth = series.thin ? 1.3 : 1.9; pen.setLineDash(series.dash || []);
      pen.beginPath();
      let down = false;
      series.values.forEach((v, i) => {
        if (!Number.isFinite(v) || (chart.log && v <= 0)) { if (!series.bridge) down = false; return; }
        const px = x(series.moments[i]), py = Math.max(-50, Math.min(height + 50, y(v)));
        if (down) pen.lineTo(px, py); else pen.moveTo(px, py);
        down = true;
      });
      pen.stroke(); pen.restore();
    }
  }
  pen.setLineDash([]); pen.globalAlpha = .9; pen.strokeStyle = INK.ink; pen.lineWidth = 1;
  pen.beginPath(); pen.moveTo(x(chart.now), top); pen.lineTo(x(chart.now), top + inner[1]); pen.stroke();
  pen.restore();
}

// What the charts show: curves of either run, the second one's from its beginning on, thin and dotted.
function seriesOf(runs, from, names) {
  const found = [];
  runs.forEach((run, which) => {
    const offset = which ? from : 0;
    for (const [name, ink, dash] of names) {
      const index = MEASURED.indexOf(name);
      let moments, values;
      if (index >= 0) {
        moments = run.charts.measured.map(row => row[0] + offset);
        values = run.charts.measured.map(row => row[index + 1] ?? NaN);
      } else {
        values = [...floats(run.charts[name])];
        moments = values.map((_, i) => Math.min((i + .5) * run.charts.size + .5, run.charts.n) + offset);
      }
      found.push({ink: INK[ink], dash: which ? [1.5, 3] : dash, thin: which > 0, moments, values, bridge: true});
    }
  });
  return found;
}
const MEASURED = ['modes', 'quality', 'kl', 'js', 'gap'];
