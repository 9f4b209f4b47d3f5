// What an attribute has to do with the places of instructions, by its name and form.
import { Form, isAddressIndex } from "./form.ts";

/** What is in an attribute. */
export const Role = {
  /** Nothing that moves. */
  none: 0,
  /** An address of code. */
  address: 1,
  /** Which address of the `.debug_addr` section. */
  addressIndex: 2,
  /** How far behind the low address of its entry the high one is. */
  length: 3,
  lineUnit: 4,
  rangeList: 5,
  locationList: 6,
  rangeListsBase: 7,
  locationListsBase: 8,
  addressBase: 9,
  /** It points into a section that we do not know. */
  unknown: 10,
} as const;

export type Role = (typeof Role)[keyof typeof Role];

export const lowAddress = 0x11;
const highAddress = 0x12;

/** Attributes that point into a section. */
const pointers = new Map<number, Role>([
  [0x10, Role.lineUnit],
  [0x55, Role.rangeList],
  [0x74, Role.rangeListsBase],
  [0x8c, Role.locationListsBase],
  [0x73, Role.addressBase],
  [0x72, Role.none], // string offsets
  [0x43, Role.none], // macros
  [0x79, Role.none],
  [0x2119, Role.none],
]);

/** Attributes that may have a list of locations. */
const locations: ReadonlySet<number> = new Set([
  0x02, // location
  0x19, // string length
  0x2a, // return address
  0x38, // member location
  0x40, // frame base
  0x46, // segment
  0x48, // static link
  0x4a, // use location
  0x4d, // element of a virtual table
]);

export function roleOf(name: number, form: number): Role {
  if (form === Form.address) return Role.address;
  if (isAddressIndex(form)) return Role.addressIndex;
  if (name === highAddress) return Role.length;
  if (form !== Form.sectionOffset) return Role.none;
  return pointers.get(name) ?? (locations.has(name) ? Role.locationList : Role.unknown);
}
