"""Small integers and indexing in loops."""

def bench():
    n = 7
    p = list(range(n))
    q = list(range(n))
    s = list(range(n))
    sign = 1
    maxflips = 0
    total = 0
    while True:
        q0 = p[0]
        if q0 != 0:
            q = p[:]
            flips = 1
            while True:
                qq = q[q0]
                if qq == 0:
                    break
                q[q0] = q0
                if q0 >= 3:
                    i = 1
                    j = q0 - 1
                    while i < j:
                        t = q[i]
                        q[i] = q[j]
                        q[j] = t
                        i += 1
                        j -= 1
                q0 = qq
                flips += 1
            total += sign * flips
            if flips > maxflips:
                maxflips = flips
        if sign == 1:
            t = p[0]
            p[0] = p[1]
            p[1] = t
            sign = -1
        else:
            t = p[1]
            p[1] = p[2]
            p[2] = t
            sign = 1
            done = False
            i = 2
            while i < n:
                sx = s[i]
                if sx != 0:
                    s[i] = sx - 1
                    break
                if i == n - 1:
                    done = True
                    break
                s[i] = i
                t = p[0]
                k = 0
                while k <= i:
                    p[k] = p[k + 1]
                    k += 1
                p[i + 1] = t
                i += 1
            if done:
                return total * 100 + maxflips
