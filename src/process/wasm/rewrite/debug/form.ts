// How the value of an attribute is encoded, and how to pass over it.
import type { DebugReader } from "./debug-reader.ts";

export const Form = {
  address: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  signed: 0x0d,
  stringOffset: 0x0e,
  unsigned: 0x0f,
  referenceUnsigned: 0x15,
  indirect: 0x16,
  sectionOffset: 0x17,
  expression: 0x18,
  stringIndex: 0x1a,
  addressIndex: 0x1b,
  lineStringOffset: 0x1f,
  implicitConstant: 0x21,
  locationListIndex: 0x22,
  rangeListIndex: 0x23,
  addressIndex1: 0x29,
  addressIndex2: 0x2a,
  addressIndex3: 0x2b,
  addressIndex4: 0x2c,
} as const;

/** Bytes of the forms whose values all have one size. */
const sizes = new Map<number, number>([
  [Form.data1, 1],
  [Form.data2, 2],
  [Form.data4, 4],
  [Form.data8, 8],
  [0x0c, 1], // flag
  [Form.stringOffset, 4],
  [0x10, 4], // ref_addr
  [0x11, 1], // ref1
  [0x12, 2], // ref2
  [0x13, 4], // ref4
  [0x14, 8], // ref8
  [Form.sectionOffset, 4],
  [0x19, 0], // flag_present
  [0x1c, 4], // ref_sup4
  [0x1d, 4], // strp_sup
  [0x1e, 16], // data16
  [Form.lineStringOffset, 4],
  [0x20, 8], // ref_sig8
  [Form.implicitConstant, 0],
  [0x24, 8], // ref_sup8
  [0x25, 1], // strx1
  [0x26, 2],
  [0x27, 3],
  [0x28, 4],
  [Form.addressIndex1, 1],
  [Form.addressIndex2, 2],
  [Form.addressIndex3, 3],
  [Form.addressIndex4, 4],
]);

/** The size of a form's values; undefined if it varies. */
export function sizeOfForm(form: number, addressBytes: number): number | undefined {
  return form === Form.address ? addressBytes : sizes.get(form);
}

/** Passes over a value. */
export function skipForm(reader: DebugReader, form: number, addressBytes: number): void {
  const size = sizeOfForm(form, addressBytes);
  if (size !== undefined) return reader.skip(size);
  switch (form) {
    case Form.string:
      return void reader.stringBytes();
    case Form.block1:
      return reader.skip(reader.u8());
    case Form.block2:
      return reader.skip(reader.u16());
    case Form.block4:
      return reader.skip(reader.word());
    case Form.block:
    case Form.expression:
      return reader.skip(reader.unsigned());
    case Form.signed:
    case Form.unsigned:
    case Form.referenceUnsigned:
    case Form.stringIndex:
    case Form.addressIndex:
    case Form.locationListIndex:
    case Form.rangeListIndex:
      return void reader.unsigned();
    default:
      reader.fail(`the form 0x${form.toString(16)} of an attribute is unknown`);
  }
}

/** Whether the value says which address of the `.debug_addr` section is meant. */
export function isAddressIndex(form: number): boolean {
  return form === Form.addressIndex || (form >= Form.addressIndex1 && form <= Form.addressIndex4);
}

/** A number that is no reference: of any fixed size, or LEB128. */
export function readNumber(reader: DebugReader, form: number): number {
  const size = sizes.get(form);
  return size === undefined ? reader.unsigned() : reader.fixed(size);
}
