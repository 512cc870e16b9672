// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Secrets
import Store

/// An access token in the form that Microsoft's driver takes
/// (https://learn.microsoft.com/sql/connect/odbc/using-azure-active-directory#authenticating-with-an-access-token): its length in
/// four bytes of the machine's order, then each byte followed by a zero.
final class AccessToken {
    /// SQL_COPT_SS_ACCESS_TOKEN of msodbcsql.h.
    static let attribute: Int32 = 1256

    let pointer: UnsafeMutableRawPointer
    private let count: Int

    /// - Throws: `StoreError` for what is no token: the driver is known to crash on those.
    init(_ token: Secret) throws(StoreError) {
        let isToken = token.withBytes { bytes in
            let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            return parts.count == 3
                && parts.allSatisfy { part in
                    !part.isEmpty
                        && part.allSatisfy { byte in
                            switch byte {
                            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                                true
                            default: false
                            }
                        }
                }
        }
        guard isToken else {
            throw StoreError(
                .permission,
                "what was given as access token for the database is none (three parts of base64url with dots between them): "
                    + "see where it comes from")
        }
        count = 4 + 2 * token.count
        pointer = .allocate(byteCount: count, alignment: 4)
        pointer.storeBytes(of: UInt32(2 * token.count), as: UInt32.self)
        token.withBytes { bytes in
            for (index, byte) in bytes.enumerated() {
                pointer.storeBytes(of: byte, toByteOffset: 4 + 2 * index, as: UInt8.self)
                pointer.storeBytes(of: 0, toByteOffset: 5 + 2 * index, as: UInt8.self)
            }
        }
    }

    deinit {
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        pointer.deallocate()
    }
}
