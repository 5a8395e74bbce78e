"""ITU-R P.1812-8 once more, slowly: plain Python written along the text, section by section, no arrays, no reuse."""

from __future__ import annotations

import math

EARTH_KM = 6371.0
WAVE = 0.2998


def inverse_normal(x):
    """Attachment 2: the argument exceeded with probability x, for x <= 0.5 and by symmetry above."""
    if x > 0.5:
        return -inverse_normal(1.0 - x)
    x = max(x, 1e-6)
    t = math.sqrt(-2.0 * math.log(x))
    top = (0.010328 * t + 0.802853) * t + 2.515516698
    bottom = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0
    return t - top / bottom


def knife(nu):
    """Single knife edge."""
    return 0.0 if nu <= -0.78 else 6.9 + 20.0 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1)


def bullington(d, g, hts, hrs, radius, f):
    """Section 4.3.1."""
    n, total, curve, wavelength = len(d) - 1, d[-1], 1.0 / radius, WAVE / f
    inner = range(1, n)
    if not inner:
        return 0.0
    lifted = {i: g[i] + 500.0 * curve * d[i] * (total - d[i]) for i in inner}
    s_tim = max((lifted[i] - hts) / d[i] for i in inner)
    s_tr = (hrs - hts) / total

    def nu_of(height, x):
        line = (hts * (total - x) + hrs * x) / total
        return (height - line) * math.sqrt(0.002 * total / (wavelength * x * (total - x)))

    if s_tim < s_tr:
        l_uc = knife(max(nu_of(lifted[i], d[i]) for i in inner))
    else:
        s_rim = max((lifted[i] - hrs) / (total - d[i]) for i in inner)
        d_b = (hrs - hts + s_rim * total) / (s_tim + s_rim)
        l_uc = knife(nu_of(hts + s_tim * d_b, d_b))
    return l_uc + (1.0 - math.exp(-l_uc / 6.0)) * (10.0 + 0.02 * total)


def first_term(d, h1, h2, radius, f, vertical, omega):
    """Section 4.3.3."""
    parts = []
    for permittivity, conductivity in ((22.0, 0.003), (80.0, 5.0)):
        loss_tangent = 18.0 * conductivity / f
        k = 0.036 * (radius * f) ** (-1 / 3) * ((permittivity - 1) ** 2 + loss_tangent**2) ** (-1 / 4)
        if vertical:
            k *= (permittivity**2 + loss_tangent**2) ** 0.5
        beta = (1 + 1.6 * k**2 + 0.67 * k**4) / (1 + 4.5 * k**2 + 1.53 * k**4)
        x = 21.88 * beta * (f / radius**2) ** (1 / 3) * d
        near, far = -20 * math.log10(x) - 5.6488 * x**1.425, 11 + 10 * math.log10(x) - 17.6 * x
        fx = far if x >= 1.6 else near
        gains = []
        for h in (h1, h2):
            b = beta * 0.9575 * beta * (f**2 / radius) ** (1 / 3) * h
            high = 17.6 * (b - 1.1) ** 0.5 - 5 * math.log10(b - 1.1) - 8 if b > 2 else 0.0
            low = 20 * math.log10(b + 0.1 * b**3)
            gains.append(max(high if b > 2 else low, 2 + 20 * math.log10(k)))
        parts.append(-fx - sum(gains))
    return omega * parts[1] + (1 - omega) * parts[0]


def spherical(d, h1, h2, radius, f, vertical, omega):
    """Section 4.3.2."""
    d_los = math.sqrt(2 * radius) * (math.sqrt(0.001 * h1) + math.sqrt(0.001 * h2))
    if d >= d_los:
        return first_term(d, h1, h2, radius, f, vertical, omega)
    c = (h1 - h2) / (h1 + h2)
    m = 250 * d**2 / (radius * (h1 + h2))
    b = 2 * math.sqrt((m + 1) / (3 * m))
    b *= math.cos(math.pi / 3 + math.acos(3 * c / 2 * math.sqrt(3 * m / (m + 1) ** 3)) / 3)
    d1 = d / 2 * (1 + b)
    d2 = d - d1
    h_se = ((h1 - 500 * d1**2 / radius) * d2 + (h2 - 500 * d2**2 / radius) * d1) / d
    h_req = 17.456 * math.sqrt(d1 * d2 * (WAVE / f) / d)
    if h_se > h_req:
        return 0.0
    a_em = 500 * (d / (math.sqrt(h1) + math.sqrt(h2))) ** 2
    loss = first_term(d, h1, h2, a_em, f, vertical, omega)
    return 0.0 if loss < 0 else (1 - h_se / h_req) * loss


def delta_bullington(d, g, hts, hrs, hstd, hsrd, radius, f, vertical, omega):
    """Section 4.3.4."""
    actual = bullington(d, g, hts, hrs, radius, f)
    smooth = bullington(d, [0.0] * len(d), hts - hstd, hrs - hsrd, radius, f)
    sphere = spherical(d[-1], hts - hstd, hrs - hsrd, radius, f, vertical, omega)
    return actual + max(sphere - smooth, 0.0), actual


def longest(d, flags):
    """Longest run of flagged points, each standing for half the way to its neighbours."""
    best = run = 0.0
    for i, flag in enumerate(flags):
        length = (d[min(i + 1, len(d) - 1)] - d[max(i - 1, 0)]) / 2
        run = run + length if flag else 0.0
        best = max(best, run)
    return best


def share_at_sea(d, zone):
    """Section 4.1."""
    if all(z == 1 for z in zone):
        return 1.0
    half = [(d[min(i + 1, len(d) - 1)] - d[max(i - 1, 0)]) / 2 for i in range(len(d))]
    return sum(length for length, z in zip(half, zone, strict=True) if z == 1) / d[-1]


def analyse(d, h, hts, hrs, ae):
    """Attachment 1: horizons, smooth surfaces, roughness."""
    n, total = len(d) - 1, d[-1]
    inner = range(1, n)
    up_t = {i: 1000 * math.atan((h[i] - hts) / (1000 * d[i]) - d[i] / (2 * ae)) for i in inner}
    up_r = {i: 1000 * math.atan((h[i] - hrs) / (1000 * (total - d[i])) - (total - d[i]) / (2 * ae)) for i in inner}
    direct_t = 1000 * math.atan((hrs - hts) / (1000 * total) - total / (2 * ae))
    direct_r = 1000 * math.atan((hts - hrs) / (1000 * total) - total / (2 * ae))
    lt = lr = 0
    if inner and max(up_t.values()) > direct_t:
        theta_t, theta_r = max(up_t.values()), max(up_r.values())
        lt = min(i for i in inner if up_t[i] == theta_t)
        lr = max(i for i in inner if up_r[i] == theta_r)
    else:
        theta_t, theta_r = direct_t, direct_r
        if inner:
            nu = {
                i: (h[i] + 500 / ae * d[i] * (total - d[i]) - (hts * (total - d[i]) + hrs * d[i]) / total)
                * math.sqrt(0.002 * total / (d[i] * (total - d[i])))
                for i in inner
            }
            lt = lr = max(i for i in inner if nu[i] == max(nu.values()))
    v1 = sum((d[i] - d[i - 1]) * (h[i] + h[i - 1]) for i in range(1, n + 1))
    v2 = sum(
        (d[i] - d[i - 1]) * (h[i] * (2 * d[i] + d[i - 1]) + h[i - 1] * (d[i] + 2 * d[i - 1])) for i in range(1, n + 1)
    )
    hst, hsr = (2 * v1 * total - v2) / total**2, (v2 - v1 * total) / total**2
    hstp, hsrp = hst, hsr
    if inner:
        over = {i: h[i] - (hts * (total - d[i]) + hrs * d[i]) / total for i in inner}
        h_obs = max(over.values())
        a_t, a_r = max(over[i] / d[i] for i in inner), max(over[i] / (total - d[i]) for i in inner)
        if h_obs > 0:
            hstp, hsrp = hst - h_obs * a_t / (a_t + a_r), hsr - h_obs * a_r / (a_t + a_r)
    low_t, low_r = min(hst, h[0]), min(hsr, h[-1])
    slope = (low_r - low_t) / total
    hm = max(h[i] - (low_t + slope * d[i]) for i in range(lt, lr + 1))
    return {
        "theta_t": theta_t, "theta_r": theta_r, "dlt": d[lt], "dlr": total - d[lr], "hm": hm,
        "hstd": min(hstp, h[0]), "hsrd": min(hsrp, h[-1]), "hte": hts - low_t, "hre": hrs - low_r,
    }  # fmt: skip


def ducting(d, a, ends, f, p, b0, omega, dlm, ae):
    """Section 4.5; `ends` holds (height, horizon angle, horizon distance, coast distance) of both terminals."""
    af = 102.45 + 20 * math.log10(f) + 20 * math.log10(a["dlt"] + a["dlr"])
    if f < 0.5:
        af += 45.375 - 137.0 * f + 92.5 * f**2
    theta = 1000 * d / ae
    for height, angle, horizon, coast in ends:
        extra = angle - 0.1 * horizon
        if extra > 0:
            af += 20 * math.log10(1 + 0.361 * extra * math.sqrt(f * horizon)) + 0.264 * extra * f ** (1 / 3)
        if omega >= 0.75 and coast <= horizon and coast <= 5:
            af += -3 * math.exp(-0.25 * coast**2) * (1 + math.tanh(0.07 * (50 - height)))
        theta += min(angle, 0.1 * horizon)
    tau = 1 - math.exp(-(4.12e-4) * dlm**2.41)
    alpha = max(-0.6 - 3.5e-9 * d**3.1 * tau, -3.4)
    mu2 = min((500 / ae * d**2 / (math.sqrt(a["hte"]) + math.sqrt(a["hre"])) ** 2) ** alpha, 1)
    mu3 = 1.0
    if a["hm"] > 10:
        mu3 = math.exp(-4.6e-5 * (a["hm"] - 10) * (43 + 6 * min(d - a["dlt"] - a["dlr"], 40)))
    beta = b0 * mu2 * mu3
    log = math.log10(beta)
    gamma = 1.076 / (2.0058 - log) ** 1.012 * math.exp(-(9.51 - 4.8 * log + 0.198 * log**2) * 1e-6 * d**1.13)
    a_p = -12 + (1.2 + 3.7e-3 * d) * math.log10(p / beta) + 12 * (p / beta) ** gamma
    return af + 5e-5 * ae * f ** (1 / 3) * theta + a_p


def incidence(latitude, dtm, dlm):
    """Section 3.6."""
    latitude = abs(latitude)
    tau = 1 - math.exp(-(4.12e-4) * dlm**2.41)
    mu1 = min((10 ** (-dtm / (16 - 6.6 * tau)) + 10 ** (-5 * (0.496 + 0.354 * tau))) ** 0.2, 1)
    if latitude <= 70:
        mu4 = 10 ** ((-0.935 + 0.0176 * latitude) * math.log10(mu1))
        return 10 ** (-0.015 * latitude + 1.67) * mu1 * mu4
    return 4.17 * mu1 * 10 ** (0.3 * math.log10(mu1))


def loss(d, h, r, zone, htg, hrg, coasts, dn, n0, f, p, pl, sigma, vertical, latitude):
    """Basic transmission loss, dB, for d[-1] >= 0.25 km."""
    ae, total = 157 / (157 - dn) * EARTH_KM, d[-1]
    hts, hrs = h[0] + htg, h[-1] + hrg
    g = [h[0], *(h[i] + r[i] for i in range(1, len(d) - 1)), h[-1]]
    omega = share_at_sea(d, zone)
    dtm, dlm = longest(d, [z != 1 for z in zone]), longest(d, [z == 4 for z in zone])
    b0 = incidence(latitude, dtm, dlm)
    a = analyse(d, h, hts, hrs, ae)
    theta = 1000 * total / ae + a["theta_t"] + a["theta_r"]
    d_fs = math.sqrt(total**2 + ((hts - hrs) / 1000) ** 2)
    lbfs = 92.4 + 20 * math.log10(f) + 20 * math.log10(d_fs)
    focus = 2.6 * (1 - math.exp(-(a["dlt"] + a["dlr"]) / 10))
    lb0p, lb0b = lbfs + focus * math.log10(p / 50), lbfs + focus * math.log10(b0 / 50)
    ld50 = delta_bullington(d, g, hts, hrs, a["hstd"], a["hsrd"], ae, f, vertical, omega)[0]
    ldb = delta_bullington(d, g, hts, hrs, a["hstd"], a["hsrd"], 3 * EARTH_KM, f, vertical, omega)[0]
    fi = 1.0 if p <= b0 else inverse_normal(p / 100) / inverse_normal(b0 / 100)
    ldp = ld50 + (ldb - ld50) * fi
    lbd50, lbd = lbfs + ld50, lb0p + ldp
    l_min = lb0p + (1 - omega) * ldp if p < b0 else lbd50 + (lb0b + (1 - omega) * ldp - lbd50) * fi
    coast_t, coast_r = 0.0 if zone[0] == 1 else coasts[0], 0.0 if zone[-1] == 1 else coasts[1]
    ends = ((hts, a["theta_t"], a["dlt"], coast_t), (hrs, a["theta_r"], a["dlr"], coast_r))
    lba = ducting(total, a, ends, f, p, b0, omega, dlm, ae)
    l_min_ap = 2.5 * math.log(math.exp(lba / 2.5) + math.exp(lb0p / 2.5))
    fk = 1 - 0.5 * (1 + math.tanh(3 * 0.5 * (total - 20) / 20))
    fj = 1 - 0.5 * (1 + math.tanh(3 * 0.8 * (theta - 0.3) / 0.3))
    lbda = lbd if l_min_ap > lbd else l_min_ap + (lbd - l_min_ap) * fk
    lbam = lbda + (l_min - lbda) * fj
    lbs = 190.1 + 25 * math.log10(f) - 2.5 * math.log10(f / 2) ** 2 + 20 * math.log10(total)
    lbs += 0.573 * theta - 0.15 * n0 - 10.125 * math.log10(50 / p) ** 0.7
    lbc = -5 * math.log10(10 ** (-0.2 * lbs) + 10 ** (-0.2 * lbam))
    local = 0.0 if zone[-1] == 1 else -inverse_normal(pl / 100) * sigma
    return max(lb0p, lbc + local)
