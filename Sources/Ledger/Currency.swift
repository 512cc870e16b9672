// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A currency by its code of ISO 4217, with the number of decimals it has there (list one, as of 2025-01-01).
public struct Currency: Sendable, Hashable, Comparable {
    /// Three capital letters.
    public let code: String
    /// Digits behind the point of an amount.
    public let decimals: Int

    /// - Returns: nil for what is no currency. Metals, units of account and test codes are none.
    public init?(_ code: String) {
        guard let decimals = Self.decimals[code] else { return nil }
        self.code = code
        self.decimals = decimals
    }

    public static func < (one: Currency, other: Currency) -> Bool { one.code < other.code }

    private static let decimals: [String: Int] = {
        let lists: [(Int, String)] = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (
                2,
                """
                AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC \
                CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD \
                KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO \
                NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL \
                THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
                """
            ),
        ]
        return Dictionary(
            uniqueKeysWithValues: lists.flatMap { decimals, codes in
                codes.split(whereSeparator: \.isWhitespace).map { (String($0), decimals) }
            })
    }()
}
