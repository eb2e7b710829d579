// @ts-check
// Correlation of two fields, for what the comparison's store does not hold: published forms of components and
// the truth of a synthetic world. Not weighted by area, as the study's.
'use strict';

(() => {
  /** log of the gamma function, Lanczos' approximation (g = 7, nine terms), for x > 0. */
  const LANCZOS = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  const logGamma = (x) => {
    const t = x + 6.5;
    const sum = LANCZOS.reduce((s, c, i) => (i ? s + c / (x - 1 + i) : c), 0);
    return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
  };

  /** Continued fraction of the incomplete beta function by Lentz' method. */
  const betaFraction = (a, b, x) => {
    const safe = (v) => (Math.abs(v) < 1e-300 ? 1e-300 : v);
    let c = 1;
    let d = 1 / safe(1 - (a + b) * x / (a + 1));
    let h = d;
    for (let m = 1; m < 400; m++) {
      const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      for (const term of [even, odd]) {
        d = 1 / safe(1 + term * d);
        c = safe(1 + term / c);
        h *= d * c;
      }
      if (Math.abs(d * c - 1) < 1e-12) break;
    }
    return h;
  };

  /** Regularised incomplete beta function I_x(a, b). */
  const incompleteBeta = (a, b, x) => {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * betaFraction(a, b, x) / a : 1 - front * betaFraction(b, a, 1 - x) / b;
  };

  /** Two-sided p of a Student's t. */
  const studentP = (t, df) => incompleteBeta(df / 2, 0.5, df / (df + t * t));

  /** Pearson correlation, its p, and least squares of y on x, of log10 where asked, over what both hold. */
  const correlate = (x, y, log) => {
    const f = log ? Math.log10 : (v) => v;
    const good = (v) => Number.isFinite(v) && (!log || v > 0);
    const both = Array.from(x.keys()).filter((i) => good(x[i]) && good(y[i]));
    const [u, v] = [x, y].map((z) => Float64Array.from(both, (i) => f(z[i])));
    const n = both.length;
    const mean = (z) => z.reduce((a, b) => a + b, 0) / n;
    const [mu, mv] = [mean(u), mean(v)];
    let [suu, suv, svv] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      suu += (u[i] - mu) ** 2;
      suv += (u[i] - mu) * (v[i] - mv);
      svv += (v[i] - mv) ** 2;
    }
    const r = suv / Math.sqrt(suu * svv);
    const slope = suv / suu;
    return {n, df: n - 2, r, p: studentP(r * Math.sqrt((n - 2) / Math.max(1e-300, 1 - r * r)), n - 2), slope, intercept: mv - slope * mu, meanDifference: mv - mu};
  };

  Object.assign(globalThis.report, {stats: {correlate, studentP}});
})();
