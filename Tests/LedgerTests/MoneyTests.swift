// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Ledger

/// Money is whole units of its currency: what is read is what is written, and sums are exact.
@Suite struct MoneyTests {
    @Test(arguments: [
        ("18.50 EUR", 1850, "18.50 EUR"), ("18.5 EUR", 1850, "18.50 EUR"), ("18 EUR", 1800, "18.00 EUR"),
        ("0 USD", 0, "0.00 USD"), ("0.05 CHF", 5, "0.05 CHF"), ("1200 JPY", 1200, "1200 JPY"),
        ("1.234 KWD", 1234, "1.234 KWD"), ("0.1 EUR", 10, "0.10 EUR"), ("007 EUR", 700, "7.00 EUR"),
    ]) func anAmountIsReadExactly(_ text: String, _ units: Int64, _ written: String) throws {
        let money = try #require(Money(text))
        #expect(money.units == units && money.text == written)
        #expect(Money(money.text) == money)
    }

    @Test(arguments: [
        "", "18.50", "EUR", "EUR 18.50", "18,50 EUR", "18.505 EUR", "1.0 JPY", "-1 EUR", "+1 EUR", "1e3 EUR",
        "1.000,00 EUR",
        ".5 EUR", "5. EUR", "1.2.3 EUR", "18.50 eur", "18.50  EUR", "18.50 EUR ", "18.50 XYZ", "１8 EUR",
        "99999999999999 EUR",
        "10000000001 EUR", "18.50EUR", "1 XAU",
    ]) func anythingElseIsNone(_ text: String) { #expect(Money(text) == nil) }

    @Test func aSumKeepsCurrenciesApart() throws {
        var sum = MoneySum(Money("0.10 EUR"), times: 3)
        sum.add(Money("5 USD"))
        sum.add(nil)
        #expect(sum.text == "0.30 EUR and 5.00 USD")
        let euro = try #require(Currency("EUR"))
        #expect((sum + sum)[euro].units == 60)
        #expect(sum[try #require(Currency("JPY"))].units == 0)
        #expect(MoneySum().isEmpty && MoneySum(nil, times: 9).isEmpty)
        // Ten million orders at the highest price.
        #expect(MoneySum(Money(units: Money.most, euro), times: 1_000_000)[euro].units == 1_000_000 * Money.most)
    }

    @Test func aMonthBeginsAndEndsInUTC() throws {
        let month = CalendarMonth(of: Date(timeIntervalSince1970: 1_798_761_599))
        #expect(month.text == "2026-12" && month.next.text == "2027-01")
        #expect(month.end == Date(timeIntervalSince1970: 1_798_761_600))
        #expect(month.back(12).text == "2025-12" && month.back(0) == month)
        #expect(CalendarMonth("2028-02")?.next.text == "2028-03")
        for text in ["2027-13", "2027-1", "2027-00", "2027", "2027-01-01", ""] { #expect(CalendarMonth(text) == nil) }
    }
}
