"""Classes: dataclasses, properties, metaclass, pattern matching, sorting, dictionaries."""
import collections, dataclasses, enum, typing
@dataclasses.dataclass(order=True, frozen=True)
class Fish:
    kg: float
    name: str = "cod"
class Kind(enum.Enum):
    SMALL = 1
    LARGE = 2
class Registry(type):
    known: typing.ClassVar[list] = []
    def __new__(mcs, name, bases, body):
        made = super().__new__(mcs, name, bases, body)
        mcs.known.append(name)
        return made
class A(metaclass=Registry):
    @property
    def double(self):
        return 2 * self.value
    value = 21
class B(A):
    value = 50
def describe(thing):
    match thing:
        case Fish(kg=kg) if kg > 10: return "heavy"
        case Fish(name="eel"): return "eel"
        case [first, *rest]: return f"list {first} {len(rest)}"
        case {"kind": Kind() as kind}: return kind.name
        case _: return "other"
fishes = sorted(Fish((i * 37) % 101 / 4, f"n{i % 7}") for i in range(5000))
print(fishes[0], fishes[-1], Registry.known, B().double)
print([describe(x) for x in (Fish(11), Fish(1, "eel"), [1, 2, 3], {"kind": Kind.LARGE}, 5)])
counts = collections.Counter(f.name for f in fishes)
print(counts.most_common(3), collections.OrderedDict(sorted(counts.items())).popitem())
try:
    fishes[0].kg = 3
except dataclasses.FrozenInstanceError as error:
    print(error)
