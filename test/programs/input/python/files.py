"""Files in the granted directory: text, binary, directories, listing, stat, errors."""
import csv, io, os, pathlib
root = pathlib.Path("/box")
root.mkdir()
for i in range(50):
    (root / f"file{i:02d}.txt").write_text(f"content {i}\n" * i)
print(sorted(os.listdir(root))[:3], sum(f.stat().st_size for f in root.iterdir()))
with open(root / "table.csv", "w", newline="") as file:
    csv.writer(file).writerows([i, i * i, f"n {i}, quoted"] for i in range(5))
with open(root / "table.csv", newline="") as file:
    print(list(csv.reader(file))[4])
with open(root / "raw", "wb+") as file:
    file.write(bytes(range(256)) * 100)
    file.seek(1000)
    print(file.read(4).hex(), file.tell(), file.seek(-2, io.SEEK_END), file.read(), file.truncate(10))
print((root / "raw").stat().st_size, (root / "absent").exists())
(root / "file00.txt").rename(root / "zero.txt")
(root / "file01.txt").unlink()
for wrong in (lambda: open("/box/absent"), lambda: os.rmdir("/box"), lambda: os.mkdir("/box"), lambda: os.listdir("/box/raw")):
    try:
        wrong()
    except OSError as error:
        print(type(error).__name__, error.strerror)
(root / "a" / "b").mkdir(parents=True)
(root / "a" / "b" / "deep.txt").write_text("deep")
print(sorted((d, sorted(n), sorted(f)[:2]) for d, n, f in os.walk(root)))
