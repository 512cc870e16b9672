// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Foundation

/// Conversion between `Date` and the two time types of X.509 (RFC 5280 §4.1.2.5), whole seconds, UTC.
enum ASN1Time {
    static func date(_ time: UnsafePointer<ASN1_TIME>?) -> Date? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else {
            ERR_clear_error()
            return nil
        }
        return Date(timeIntervalSince1970: TimeInterval(timegm(&parts)))
    }

    /// UTCTime through 2049 and GeneralizedTime afterwards.
    static func set(_ time: UnsafeMutablePointer<ASN1_TIME>?, _ date: Date) throws {
        _ = try require(ASN1_TIME_set(time, time_t(date.timeIntervalSince1970.rounded(.down))))
    }
}
