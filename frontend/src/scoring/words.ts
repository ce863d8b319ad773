// What the phone says about a line of the account and about an answer that its rule cannot take: the sentences of the
// service's `scorecards.problem_text`, held equal by a test. They are Chinese; `setWords` takes a catalogue
// {Chinese: another language} for who reads another.

import type { Problem } from "./answers";
import { type Line, type Params, type Reason, type Step, plain } from "./result";

export const REASONS: Readonly<Record<Reason, string>> = {
  full: "符合，不扣分",
  not_met: "不符合，扣全部分值",
  judged: "评为 %(mark)s 分",
  count: "%(count)s %(unit_label)s，每%(unit_label)s扣 %(unit_points)s 分",
  count_capped: "%(count)s %(unit_label)s，每%(unit_label)s扣 %(unit_points)s 分，以 %(cap)s 分为限",
  count_zero: "%(count)s %(unit_label)s，达到 %(zero_at)s %(unit_label)s，记 0 分",
  listed: "所列问题共扣 %(raw)s 分",
  listed_capped: "所列问题共 %(raw)s 分，以 %(cap)s 分为限",
  count_free: "%(count)s %(unit_label)s，在允许的 %(free)s %(unit_label)s以内，不扣分",
  additive: "只得所列小分",
  tier: "%(count)s %(unit_label)s，得 %(points)s 分",
  short: "应有 %(required)s %(unit_label)s，实有 %(count)s，缺 %(short)s，每缺一%(unit_label)s扣 %(unit_points)s 分",
  short_capped: "应有 %(required)s %(unit_label)s，实有 %(count)s，缺 %(short)s，每缺一%(unit_label)s扣 %(unit_points)s 分，以 %(cap)s 分为限",
  short_zero: "应有 %(required)s %(unit_label)s，实有 %(count)s，缺 %(short)s，记 0 分",
  bonus: "加分 %(points)s 分",
  no_bonus: "不加分",
  level: "评为该等次",
  passed: "合格",
  failed: "不合格",
  not_found: "未发现",
  found: "发现",
  unscored: "不计分",
  not_applicable: "不适用：%(reason)s",
  tag_absent: "本校没有此项，不适用",
  section_absent: "这一部分不适用：%(reason)s",
  unanswered: "未填",
  parameter_missing: "缺少参数“%(label)s”，暂不能计分",
  veto_item: "触发否决，该条记 0 分",
  veto_section: "条目 %(item)s 触发否决，这一部分记 0 分",
};

/** Of answers; a form's own problems never reach a phone. */
export const PROBLEMS: Readonly<Record<string, string>> = {
  not_an_object: "应为一组键值",
  unknown_key: "不认识的键",
  not_a_text: "应为文字，不超过 %(limit)s 字",
  not_a_code: "编码只能用字母、数字、点、横线和下划线，不超过 40 个",
  not_a_flag: "应为 true 或 false",
  not_a_list: "应为列表，最多 %(limit)s 个",
  duplicate_code: "编码 %(value)s 重复",
  unknown_item: "表中没有这一条",
  not_one_answer: "一条只能有一个答案",
  wrong_kind: "答案类型不对（应为 %(expected)s，给的是 %(given)s）",
  not_a_count: "应为不小于 %(low)s 的整数",
  unresolved_above_count: "未整改数应为 0 到 %(count)s 的整数",
  not_a_number: "应为数字",
  mark_out_of_range: "应在 %(low)s 到 %(high)s 分之间",
  mark_off_step: "应为 %(step)s 分的整数倍",
  not_entries: "应为勾选的小项",
  unknown_entry: "没有小项 %(entry)s",
  entry_not_repeatable: "小项 %(entry)s 只能勾一次",
  unknown_level: "没有等次 %(level)s",
  na_not_allowed: "这一条不能答“不适用”",
  na_without_reason: "答“不适用”要写理由",
  veto_on_absent_item: "不适用的条目不能同时否决",
  item_has_no_veto: "这一条没有否决规定",
  unit_required: "这一条逐个单元填写，键应为“条目@单元”",
  no_units_here: "这里不逐个单元填写",
  unknown_unit: "没有单元 %(unit)s",
  too_many_units: "单元超过 %(limit)s 个",
  in_absent_section: "这一部分已整体答“不适用”，其中的条目不能再答",
  section_takes_absence: "整个部分只能答“不适用”并写理由",
  parameter_below_rows: "参数 %(parameter)s 为 %(value)s，小于表中最小的 %(least)s",
};

export const STEPS: Readonly<Record<string, string>> = {
  section_capped: "共扣 %(lost)s 分，以 %(cap)s 分为限",
  units: "%(count)s 个单元%(how)s，得 %(points)s 分",
  section_credit: "整体不适用，按%(basis)s的 %(percent)s%% 计 %(points)s 分",
  section_share: "整体不适用，总得分按 %(percent)s%% 计",
  renormalised: "实得 %(earned)s ÷ 应得 %(at_stake)s，折算为 %(points)s 分",
  bonus: "加分 %(points)s 分",
  zero: "触发否决，记 0 分",
};
export const HOW: Readonly<Record<string, string>> = { mean: "平均", minimum: "取最差", sum: "扣分相加" };
export const BASIS: Readonly<Record<string, string>> = { points: "该部分分值", rest: "其余部分得分率" };

let catalogue: Readonly<Record<string, string>> = {};

export const setWords = (translated: Readonly<Record<string, string>>): void => {
  catalogue = translated;
};

const PLACE = /%\((\w+)\)s|%%/g;

/** The sentence, translated where the catalogue has it, with its `%(name)s` filled in. */
export const say = (sentence: string, params: Params = {}): string =>
  (catalogue[sentence] || sentence).replace(PLACE, (whole, name: string | undefined) =>
    name === undefined ? "%" : name in params ? String(plain(params[name])) : whole,
  );

export const reasonText = (line: Line): string => say(REASONS[line.reason], line.params);

const inWords = (words: Readonly<Record<string, string>>, code: unknown): string => say(words[String(code)] ?? "");

/** What happened; where (section, unit) is for the caller to say. */
export const stepText = ({ step, params }: Step): string => {
  const { aggregate, of } = params;
  const words = { how: inWords(HOW, aggregate), basis: inWords(BASIS, of) };
  return say(STEPS[step] ?? step, { ...params, ...words });
};

export const problemText = (problem: Problem): string => say(PROBLEMS[problem.code] ?? problem.code, problem.params);
