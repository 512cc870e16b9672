// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCurl
public import Foundation

/// Dates in header lines (RFC 9110 §5.6.7), all three formats, read by libcurl.
public enum HTTPDate {
    public static func parse(_ text: String) -> Date? {
        let seconds = curl_getdate(text, nil)
        return seconds == -1 ? nil : Date(timeIntervalSince1970: TimeInterval(seconds))
    }
}
