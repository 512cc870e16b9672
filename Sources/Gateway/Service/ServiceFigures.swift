// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Fulfilment
public import Planning

/// What the service of this process has done since it was made, and how it stands.
public struct ServiceFigures: Sendable {
    public internal(set) var startedAt: Date
    public internal(set) var isServing = false
    public internal(set) var isStopping = false
    /// Whether this node has the right to read the directory and to plan.
    public internal(set) var isPlanning = false
    public internal(set) var directory = LoopFigures()
    public internal(set) var planning = LoopFigures()
    public internal(set) var engine = EngineFigures()
    /// Templates that could not be looked at the last time, and since when.
    public internal(set) var unplanned: [(what: UnplannedTemplate, since: Date)] = []
    /// What somebody has to mend or to know, by topic, as it was said last; topics about which nothing is to be said are absent.
    public internal(set) var standing: [String: [String]] = [:]

    public init(startedAt: Date) { self.startedAt = startedAt }
}
