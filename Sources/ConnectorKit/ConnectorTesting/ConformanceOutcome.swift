// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a run of the suite came to.
public struct ConformanceOutcome: Sendable {
    public let results: [ConformanceResult]
    /// Orders placed at the CA.
    public let ordersPlaced: Int
    /// What became of them afterwards, in one sentence.
    public let cleaning: String
    /// What stays at the CA, whole.
    public let left: [ConformanceLeftover]
    /// Why the run as a whole proves too little although no check failed, in one sentence.
    public let shortcoming: String?

    public init(
        results: [ConformanceResult], ordersPlaced: Int, cleaning: String, left: [ConformanceLeftover] = [],
        shortcoming: String? = nil
    ) {
        self.results = results
        self.ordersPlaced = ordersPlaced
        self.cleaning = cleaning
        self.left = left
        self.shortcoming = shortcoming
    }

    /// Nothing failed, and orders that were allowed led to a certificate. What was skipped is not proven all the same.
    public var isGreen: Bool { shortcoming == nil && !results.contains { $0.verdict.isFailure } }
}
