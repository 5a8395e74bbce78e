"""A slow ITM in plain Python: one dictionary of named quantities, one function per step of the Algorithm.

It shares no code with the kernels and returns the loss of a profile for the broadcast mode of variability.
"""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np
from scipy.stats import norm

CLIMATE_2 = {
    "median": (-0.62, 9.19, 228.9e3, 205.2e3, 143.6e3),
    "minus": (2.66, 7.67, 100.4e3, 172.5e3, 136.4e3),
    "plus": (6.87, 15.53, 138.7e3, 143.7e3, 98.6e3),
    "gain_plus": (0.93, 0.31, 2.0),
    "deep": (0.801, 2.161),
}


def line(y: np.ndarray, step: float, start: float, end: float) -> tuple[float, float]:
    """Trapezoid-weighted regression between two distances, carried to both ends of the profile."""
    last = len(y) - 1
    a, b = int(max(start / step, 0)), last - int(max(last - end / step, 0))
    if b <= a:
        a, b = max(a - 1, 0), last - max(last - b - 1, 0)
    i = np.arange(a, b + 1)
    w = np.ones(i.size)
    w[0] = w[-1] = 0.5
    centre = (a + b) / 2
    mean = np.sum(w * y[i]) / (b - a)
    slope = np.sum(w * y[i] * (i - centre)) / np.sum(w * (i - centre) ** 2)
    return mean - slope * centre, mean + slope * (last - centre)


def delta_h(z: np.ndarray, step: float, start: float, end: float) -> float:
    """Interdecile range of the detrended profile, divided by what a finite length loses."""
    if (end - start) / step < 2:
        return 0.0
    tenth = min(max(4, int(0.1 * ((end - start) / step + 8))), 25)
    n = 10 * tenth - 5
    s = np.interp(start + np.arange(n) * (end - start) / (n - 1), np.arange(len(z)) * step, z)
    left, right = line(s, 1.0, 0.0, n - 1.0)
    rest = np.sort(s - np.linspace(left, right, n))[::-1]
    return float(rest[tenth - 1] - rest[n - tenth]) / (1 - 0.8 * math.exp(-(end - start) / 50e3))


def geometry(z: np.ndarray, step: float, tx: float, rx: float, radius: float) -> dict[str, Any]:
    """Horizons and effective heights."""
    last = len(z) - 1
    d = last * step
    x = np.arange(1, last) * step
    up = (z[1:-1] - z[0] - tx) / x - x / (2 * radius)
    down = (z[1:-1] - z[-1] - rx) / (d - x) - (d - x) / (2 * radius)
    ray = np.array([z[-1] + rx - z[0] - tx, z[0] + tx - z[-1] - rx]) / d - d / (2 * radius)
    theta = [max(ray[0], up.max()), max(ray[1], down.max())]
    reach = [
        float(x[up.argmax()]) if up.max() > ray[0] else d,
        float((d - x)[down.argmax()]) if down.max() > ray[1] else d,
    ]
    start, end = min(15 * tx, 0.1 * reach[0]), d - min(15 * rx, 0.1 * reach[1])
    dh = delta_h(z, step, start, end)
    far = sum(reach) > 1.5 * d
    if far:
        ground = line(z, step, start, end)
    else:
        ground = line(z, step, start, 0.9 * reach[0])[0], line(z, step, d - 0.9 * reach[1], end)[1]
    he = [tx + max(z[0] - ground[0], 0), rx + max(z[-1] - ground[1], 0)]
    if far:

        def smooth(h: float) -> float:
            return math.sqrt(2 * h * radius) * math.exp(-0.07 * math.sqrt(dh / max(h, 5)))

        reach = [smooth(h) for h in he]
        if sum(reach) <= d:
            he = [h * (d / sum(reach)) ** 2 for h in he]
            reach = [smooth(h) for h in he]
        arc = [math.sqrt(2 * h * radius) for h in he]
        theta = [(0.65 * dh * (a / r - 1) - 2 * h) / a for a, r, h in zip(arc, reach, he, strict=True)]
    return {"d": d, "theta": theta, "reach": reach, "he": he, "dh": dh, "h": (tx, rx), "a": radius}


def rough(g: dict[str, Any], d: float) -> float:
    """Irregularity within a distance."""
    return g["dh"] * (1 - 0.8 * math.exp(-d / 50e3))


def sigma_h(dh: float) -> float:
    """Spread of the heights a wave front sees."""
    return 0.78 * dh * math.exp(-0.5 * dh**0.25)


def height_gain(x: float, k: float) -> float:
    """F(x, K)."""
    flat = 17.372 * math.log(x) - 117 if x > 0 else -117.0
    if x < 200:
        w = -math.log(k)
        if k < 1e-5 or x * w**3 > 5495:
            return flat if x > 1 else -117.0
        return 2.5e-5 * x**2 / k - 8.686 * w - 15
    far = 0.05751 * x - 4.343 * math.log(x)
    w = 0.0134 * x * math.exp(-0.005 * x) if x < 2000 else 0.0
    return (1 - w) * far + w * flat


def diffraction(g: dict[str, Any], f: float, zg: complex, d: float) -> float:
    """Weighted sum of two knife edges and Vogler's three radii."""
    reach, he, a = g["reach"], g["he"], g["a"]
    bend, beyond = d / a - g["los"], d - sum(reach)
    edges = 0.0
    for r in reach:
        v2 = 0.0795775 * f / 47.7 * bend**2 * r * beyond / (beyond + r)
        edges += 6.02 + 9.11 * math.sqrt(v2) - 1.27 * v2 if v2 < 5.76 else 12.953 + 10 * math.log10(v2)
    x, gains = [], 0.0
    for radius, length in (
        (beyond / bend, beyond),
        (reach[0] ** 2 / 2 / he[0], reach[0]),
        (reach[1] ** 2 / 2 / he[1], reach[1]),
    ):
        c = (4 / 3 * 6370e3 / radius) ** (1 / 3)
        k = 0.017778 * c * f ** (-1 / 3) / abs(zg)
        x.append((1.607 - k) * c**2 * f ** (1 / 3) * length / 1000)
        gains += height_gain(x[-1], k) if len(x) > 1 else 0.0
    smooth = 0.05751 * sum(x) - 10 * math.log10(sum(x)) - gains - 20
    product = g["h"][0] * g["h"][1]
    clutter = min(15, 5 * math.log10(1 + 1e-5 * product * f * sigma_h(rough(g, g["smooth"]))))
    ratio = math.sqrt(1 + (he[0] * he[1] - product) / (product + 10))
    q = (ratio + (-g["los"] * a + sum(reach)) / d) * min(rough(g, d) * f / 47.7, 6283.2)
    w = 25.1 / (25.1 + math.sqrt(q))
    return w * smooth + (1 - w) * edges + clutter


def line_of_sight(g: dict[str, Any], f: float, zg: complex, d: float, md: float, ad0: float) -> float:
    """Two rays weighted with the extended diffraction line."""
    k, both = f / 47.7, sum(g["he"])
    sin = both / math.hypot(d, both)
    r = (sin - zg) / (sin + zg) * math.exp(-min(10, k * sigma_h(rough(g, d)) * sin))
    if abs(r) ** 2 < max(0.25, sin):
        r *= math.sqrt(sin) / abs(r)
    phase = 2 * k * g["he"][0] * g["he"][1] / d
    if phase > math.pi / 2:
        phase = math.pi - math.pi**2 / 4 / phase
    two = -20 * math.log10(abs(cmath.exp(-1j * phase) + r))
    w = 1 / (1 + f * g["dh"] / max(10e3, g["smooth"]))
    return w * two + (1 - w) * (md * d + ad0)


def within_horizon(g: dict[str, Any], f: float, zg: complex, md: float, ad0: float) -> float:
    """A + k1 d + k2 ln d through two or three distances."""
    smooth, reach, d = g["smooth"], sum(g["reach"]), g["d"]
    top = md * smooth + ad0
    d0 = 0.04 * f * g["he"][0] * g["he"][1]
    if ad0 >= 0:
        d0 = min(d0, reach / 2)
        d1 = d0 + (reach - d0) / 4
    else:
        d1 = max(-ad0 / md, reach / 4)
    a1 = line_of_sight(g, f, zg, d1, md, ad0)
    k1, k2 = 0.0, 0.0
    fitted = False
    if d0 < d1:
        a0, q = line_of_sight(g, f, zg, d0, md, ad0), math.log(smooth / d0)
        over = (smooth - d0) * math.log(d1 / d0) - (d1 - d0) * q
        k2 = max(0, ((smooth - d0) * (a1 - a0) - (d1 - d0) * (top - a0)) / over)
        fitted = ad0 > 0 or k2 > 0
        if fitted:
            k1 = (top - a0 - k2 * q) / (smooth - d0)
            if k1 < 0:
                k2 = max(top - a0, 0) / q
                k1 = md if k2 == 0 else 0.0
    if not fitted:
        k2 = 0.0
        k1 = max(top - a1, 0) / (smooth - d1) or md
    return top + k1 * (d - smooth) + k2 * math.log(d / smooth)


def gain_h0(r: float, eta: float) -> float:
    """Frequency gain between whole eta."""
    a, b = (25, 80, 177, 395, 705), (24, 45, 68, 80, 105)
    curve = [10 * math.log10(1 + p / r**4 + q / r**2) for p, q in zip(a, b, strict=True)]
    return float(np.interp(eta, range(1, 6), curve))


def scatter(g: dict[str, Any], f: float, ns: float, d: float, known: float | None) -> tuple[float, float]:
    """Troposcatter at a distance."""
    k = f / 47.7
    h0 = known
    if known is None or known <= 15:
        skew, ratio = g["reach"][0] - g["reach"][1], g["he"][1] / g["he"][0]
        if skew < 0:
            skew, ratio = -skew, 1 / ratio
        angle = sum(g["theta"]) + d / g["a"]
        r = [2 * k * angle * h for h in g["he"]]
        if max(r) < 0.2:
            return 1001.0, -1.0
        s = (d - skew) / (d + skew)
        q, s = min(max(0.1, ratio / s), 10), max(0.1, s)
        cross = (d**2 - skew**2) * angle / 4 / d
        eta = cross / 1755.6 * (1 + (0.031 - 2.32e-3 * ns + 5.67e-6 * ns**2) * math.exp(-(min(1.7, cross / 8000) ** 6)))
        mean = sum(gain_h0(one, eta) for one in r) / 2
        h0 = max(mean + min(mean, 6 * (0.6 - math.log10(max(eta, 1))) * math.log10(s) * math.log10(q)), 0)
        if eta < 1:
            t = math.sqrt(2)
            zero = ((1 + t / r[0]) * (1 + t / r[1])) ** 2 * sum(r) / (sum(r) + 2 * t)
            h0 = eta * h0 + (1 - eta) * 10 * math.log10(zero)
        if h0 > 15 and known is not None:
            h0 = known
    assert h0 is not None
    th = d / g["a"] - g["los"]
    td = th * d
    row = (133.4, 0.332e-3, -10) if td <= 10e3 else (104.6, 0.212e-3, -2.5) if td <= 70e3 else (71.8, 0.157e-3, 5)
    base = row[0] + row[1] * td + row[2] * math.log10(td) + 10 * math.log10(k * 47.7 * th**4)
    return base - 0.1 * (ns - 301) * math.exp(-td / 40e3) + h0, h0


def quantile(g: dict[str, Any], f: float, ref: float, time: float, place: float, case: float) -> float:
    """Broadcast mode of variability in climate 2."""
    z_t, z_l, z_s = (float(norm.isf(p / 100)) for p in (time, place, case))
    k, t = f / 47.7, CLIMATE_2
    reach = sum(math.sqrt(18e6 * h) for h in g["he"]) + (575.7e12 / k) ** (1 / 3)
    de = 130e3 * g["d"] / reach if g["d"] < reach else 130e3 + g["d"] - reach

    def curve(c1: float, c2: float, x1: float, x2: float, x3: float) -> float:
        return (c1 + c2 / (1 + ((de - x2) / x3) ** 2)) * (de / x1) ** 2 / (1 + (de / x1) ** 2)

    g1, g2, g3 = t["gain_plus"]
    plus = curve(*t["plus"]) * (g1 + g2 / ((g3 * math.log(0.133 * k)) ** 2 + 1))
    factor, knee = t["deep"]
    sigma_t = curve(*t["minus"]) if z_t < 0 else plus
    if z_t > knee:
        sigma_t = factor * plus + (plus - factor * plus) * knee / z_t
    kd = k * rough(g, g["d"])
    y_t, y_l = sigma_t * z_t, 10 * kd / (kd + 13) * z_l
    var = (5 + 3 * math.exp(-de / 100e3)) ** 2 + y_t**2 / (7.8 + z_s**2) + y_l**2 / (24 + z_s**2)
    a = ref - curve(*t["median"]) - y_t - y_l - math.sqrt(var) * z_s
    return a * (29 - a) / (29 - 10 * a) if a < 0 else a


def loss_db(z: np.ndarray, step: float, setting: Any) -> tuple[float, float, int]:
    """Loss, reference attenuation and mode of a profile, climate 2, broadcast mode."""
    f, last = setting.frequency_mhz, len(z) - 1
    tenth = int(0.1 * last)
    ns = setting.n0 * math.exp(-float(np.mean(z[tenth : last - tenth + 1])) / 9460)
    radius = 1 / (157e-9 * (1 - 0.04665 * math.exp(ns / 179.3)))
    er = complex(setting.permittivity, 18000 * setting.conductivity_s_m / f)
    zg = cmath.sqrt(er - 1) / (er if setting.vertical else 1)
    g = geometry(z, step, setting.tx_height_agl_m, setting.rx_height_agl_m, radius)
    reach = sum(g["reach"])
    g["smooth"] = sum(math.sqrt(2 * h * radius) for h in g["he"])
    g["los"] = -max(sum(g["theta"]), -reach / radius)
    scale = (radius**2 / f) ** (1 / 3)
    d3 = max(g["smooth"], reach + 5 * scale)
    a3, a4 = (diffraction(g, f, zg, x) for x in (d3, d3 + 10 * scale))
    md = (a4 - a3) / (10 * scale)
    ad0 = a3 - md * d3
    if g["d"] < g["smooth"]:
        ref, mode = within_horizon(g, f, zg, md, ad0), 1
    else:
        a6, known = scatter(g, f, ns, reach + 400e3, None)
        a5, _ = scatter(g, f, ns, reach + 200e3, known if known >= 0 else None)
        ref, mode = md * g["d"] + ad0, 2
        if a5 < 1000:
            ms = (a6 - a5) / 200e3
            edge = max(g["smooth"], reach + 1.088 * scale * math.log(f), (a5 - ad0 - ms * (reach + 200e3)) / (md - ms))
            if g["d"] > edge:
                ref, mode = ms * g["d"] + (md - ms) * edge + ad0, 3
    ref = max(ref, 0.0)
    free = 32.45 + 20 * math.log10(f * g["d"] / 1000)
    return quantile(g, f, ref, setting.time_pct, setting.location_pct, setting.situation_pct) + free, ref, mode
