"""Floats in lists, changed in place."""

def advance(bodies, dt, n):
    for k in range(n):
        for i in range(len(bodies)):
            b1 = bodies[i]
            for j in range(i + 1, len(bodies)):
                b2 = bodies[j]
                dx = b1[0] - b2[0]
                dy = b1[1] - b2[1]
                dz = b1[2] - b2[2]
                d2 = dx * dx + dy * dy + dz * dz
                mag = dt / (d2 * d2 ** 0.5)
                b1[3] -= dx * b2[6] * mag
                b1[4] -= dy * b2[6] * mag
                b1[5] -= dz * b2[6] * mag
                b2[3] += dx * b1[6] * mag
                b2[4] += dy * b1[6] * mag
                b2[5] += dz * b1[6] * mag
        for b in bodies:
            b[0] += dt * b[3]
            b[1] += dt * b[4]
            b[2] += dt * b[5]


def bench():
    bodies = [[0.0,0.0,0.0,0.0,0.0,0.0,39.47],[4.84,-1.16,-0.10,0.606,2.81,-0.02,0.037],[8.34,4.12,-0.4,-1.01,1.81,0.008,0.011],[12.89,-15.11,-0.22,1.08,0.868,-0.01,0.0017],[15.37,-25.9,0.179,0.979,0.594,-0.034,0.002]]
    advance(bodies, 0.01, 700)
    return round(bodies[0][0], 6)
