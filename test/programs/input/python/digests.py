"""hashlib, zlib, base64, struct, hmac over the same two megabytes."""
import base64, binascii, hashlib, hmac, struct
data = bytes((i * 31 + i // 256) % 256 for i in range(500_000)) * 4
for name in ["md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s"]:
    print(name, hashlib.new(name, data).hexdigest())
print(hmac.new(b"key", data, hashlib.sha256).hexdigest())
print(binascii.crc32(data), base64.b64encode(data[:30]).decode(), struct.pack("<IhQd", 1, -2, 3, 0.5).hex())
