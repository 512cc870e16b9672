// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Settings
public import Store

/// What people are told of; the configuration names it, so it is declared there.
public typealias NoticeEvent = Settings.NoticeEvent

extension NoticeEvent: SQLRepresentable {}
