// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PKIX

extension Certificate {
    /// What an operator should do about the certificate's end, for `AccountReport.warnings`.
    ///
    /// - Parameter title: how the operator knows it, such as `operator certificate`.
    public func endWarnings(_ title: String, at now: Date) -> [String] {
        let days = Int((notAfter.timeIntervalSince(now) / 86_400).rounded(.down))
        if now >= notAfter { return ["the \(title) has expired on \(notAfter.ISO8601Format())"] }
        if now < notBefore {
            return ["the \(title) is not valid before \(notBefore.ISO8601Format()); check the clock"]
        }
        return days < 30 ? ["the \(title) ends in \(days) days; ask the CA for the next one"] : []
    }
}
