// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// Percent-encoding (RFC 3986 §2.1) of one piece of an address: everything but unreserved characters is encoded.
public enum PercentEncoding {
    public static func encode(_ text: String) -> String {
        if text.utf8.allSatisfy(isUnreserved) { return text }
        var text = text
        let escaped = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { curl_easy_escape(nil, $0.baseAddress, Int32($0.count)) }
        }
        guard let escaped else { return "" }  // libcurl is out of memory
        defer { curl_free(escaped) }
        return String(cString: escaped)
    }

    /// Name and value pairs as `application/x-www-form-urlencoded`, which is also the form of a query.
    public static func form(_ pairs: some Sequence<(String, String)>) -> String {
        pairs.map { "\(encode($0))=\(encode($1))" }.joined(separator: "&")
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
