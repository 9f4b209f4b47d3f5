"""json: a nested value written and read back, sorted, indented, with errors."""
import json
value = {"fish": [{"name": f"n{i}", "kg": i / 4, "tags": ["a", None, True, i % 3 == 0]} for i in range(2000)]}
text = json.dumps(value, sort_keys=True)
again = json.loads(text)
print(len(text), again == value, json.dumps(again["fish"][7], indent=2))
print(json.dumps("smørrebrød \u20ac \U0001f41f"), json.dumps([1e100, -0.0, 10**30], separators=(",", ":")))
for wrong in ["{", "[1,]", '{"a" 1}', "nul", '"\\x"']:
    try:
        json.loads(wrong)
    except json.JSONDecodeError as error:
        print(wrong, "->", error)
