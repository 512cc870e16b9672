// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// Serial numbers on the wire: upper-case hex, of which one in four begins with zeros (wire/globalsign-atlas.md section 5).
enum AtlasSerial {
    static func text(_ serial: SerialNumber) -> String {
        (serial.bytes[0].isMultiple(of: 4) ? "00" : "") + serial.hex
    }

    /// The id of the order; clients drop leading zeros and change the case.
    static func id(_ text: String) throws(Reply) -> String { try serial(text).hex }

    static func serial(_ text: String) throws(Reply) -> SerialNumber {
        guard let serial = SerialNumber(hex: text) else { throw AtlasError.notFound }
        return serial
    }
}
