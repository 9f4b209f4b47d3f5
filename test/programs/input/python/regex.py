"""re: groups, look-around, substitution by function, a large scan."""
import re
text = " ".join(f"user{i}@host{i % 13}.example.org seen {i % 28 + 1:02d}/{i % 12 + 1:02d}/20{i % 90 + 10}" for i in range(3000))
mail = re.compile(r"(?P<name>\w+)@(?P<host>[\w.]+)")
hosts = {}
for found in mail.finditer(text):
    hosts[found["host"]] = hosts.get(found["host"], 0) + 1
print(sorted(hosts.items())[:5], len(hosts))
print(re.sub(r"(\d\d)/(\d\d)/(\d{4})", lambda m: f"{m[3]}-{m[2]}-{m[1]}", text)[:120])
print(re.findall(r"(?<=host)1[0-2](?=\.)", text)[:6], re.split(r"[,;]\s*", "a, b;c,d"))
print(re.fullmatch(r"(a+)+b", "a" * 20), re.search(r"(?i)USER(\d+)", text).span(1))
try:
    re.compile("(unclosed")
except re.error as error:
    print(error)
