// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// One line of the report: a quantity, its rounds and what it should be.
struct Figure {
    enum Unit: String {
        case ratio = "×"
        case milliseconds = "ms"
        case seconds = "s"
        case megabytes = "MB"
        case perSecond = "/s"
        case times
    }

    enum Goal {
        case atLeast(Double)
        case below(Double)

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atLeast(let bound): value >= bound
            case .below(let bound): value < bound
            }
        }

        func text(_ unit: Unit) -> String {
            switch self {
            case .atLeast(let bound): "≥ \(Figure.text(bound, unit))"
            case .below(let bound): "< \(Figure.text(bound, unit))"
            }
        }
    }

    let title: String
    let unit: Unit
    let series: Series
    var goal: Goal?
    /// Command lines that made it.
    let commands: [String]

    var isMet: Bool? { goal?.isMet(by: series.median) }

    var medianText: String { Self.text(series.median, unit) }
    var rangeText: String {
        "\(Self.text(series.minimum, unit)) – \(Self.text(series.maximum, unit)) (\(series.values.count))"
    }
    var goalText: String { goal.map { $0.text(unit) } ?? "" }
    var verdict: String { isMet.map { $0 ? "met" : "missed" } ?? "" }

    var json: JSONValue {
        var value: JSONValue = [
            "title": .string(title), "unit": .string(unit.rawValue), "median": .number(Self.rounded(series.median)),
            "minimum": .number(Self.rounded(series.minimum)), "maximum": .number(Self.rounded(series.maximum)),
            "rounds": JSONValue(series.values.count), "commands": JSONValue(commands),
        ]
        if goal != nil {
            value["goal"] = .string(goalText)
            value["met"] = JSONValue(isMet == true)
        }
        return value
    }

    private static func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }

    /// Two decimals below ten, one below a hundred, none above.
    private static func text(_ number: Double, _ unit: Unit) -> String {
        guard number.isFinite else { return "?" }
        let digits = abs(number) < 10 ? 2 : abs(number) < 100 ? 1 : 0
        let scale = [1.0, 10, 100][digits]
        let scaled = Int((number * scale).rounded())
        let whole = "\(scaled / Int(scale))"
        let fraction = digits == 0 ? "" : "." + String("\(scaled % Int(scale) + Int(scale))".dropFirst())
        return "\(whole)\(fraction) \(unit.rawValue)"
    }
}
