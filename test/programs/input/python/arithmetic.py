"""Integers without limit, decimals, fractions, floats, statistics, a seeded generator."""
import cmath, decimal, fractions, math, random, statistics
print(2**521 - 1, math.factorial(60), pow(3, 10**6, 10**9 + 7), math.isqrt(10**40))
decimal.getcontext().prec = 60
print(decimal.Decimal(2).sqrt(), fractions.Fraction(1, 3) + fractions.Fraction(1, 6))
print(math.sin(1), math.gamma(5.5), math.fsum([0.1] * 10), cmath.exp(1j), float("1e-320"), 0.1 + 0.2)
random.seed(7)
values = [random.random() for _ in range(20000)]
print(statistics.mean(values), statistics.median(values), random.sample(range(1000), 5))
pi = 0
for k in range(60):
    pi += fractions.Fraction(1, 16**k) * (fractions.Fraction(4, 8*k+1) - fractions.Fraction(2, 8*k+4) - fractions.Fraction(1, 8*k+5) - fractions.Fraction(1, 8*k+6))
print(pi.numerator * 10**60 // pi.denominator)
