-- What a good engineer would otherwise write: the core of resolution.md over three plain CSV files, to the same twelve
-- columns. No diagnostics, rejects, quarantine list, balance, guards or hashes; one line where several rows compete.
-- ${DIR} is the folder of the CSV files, ${OUT} the file to write, ${AS_OF} the as-of date.
CREATE TEMP TABLE person AS
SELECT * FROM read_csv('${DIR}/Person_*.csv', all_varchar = true)
WHERE EffectiveStartDate <= '${AS_OF}' AND (EffectiveEndDate IS NULL OR EffectiveEndDate >= '${AS_OF}')
QUALIFY row_number() OVER (PARTITION BY PersonNumber ORDER BY NameType <> 'GLOBAL', EffectiveStartDate DESC) = 1;

CREATE TEMP TABLE relationship AS
SELECT DISTINCT *,
       CASE WHEN DateStart > '${AS_OF}' THEN 'FUTURE'
            WHEN ActualTerminationDate < '${AS_OF}' THEN 'ENDED'
            ELSE 'CURRENT' END AS State
FROM read_csv('${DIR}/WorkRelationship_*.csv', all_varchar = true)
WHERE PeriodType IN ('E', 'C', 'N', 'P');

CREATE TEMP TABLE assignment AS
SELECT * FROM read_csv('${DIR}/Assignment_*.csv', all_varchar = true)
WHERE AssignmentType IN ('E', 'C', 'N', 'P');

-- Rule 10, for the day that counts: D, or for who has left the last day.
CREATE TEMP TABLE on_day AS
SELECT a.*, r.State, r.PrimaryFlag AS WrPrimaryFlag, r.DateStart, r.ActualTerminationDate, r.PeriodType
FROM assignment a JOIN relationship r USING (PeriodOfServiceId, PersonNumber)
WHERE a.EffectiveStartDate <= coalesce(least(r.ActualTerminationDate, '${AS_OF}'), '${AS_OF}')
  AND (a.EffectiveEndDate IS NULL OR a.EffectiveEndDate >= coalesce(least(r.ActualTerminationDate, '${AS_OF}'), '${AS_OF}'))
QUALIFY row_number() OVER (PARTITION BY AssignmentId
    ORDER BY a.EffectiveStartDate DESC, EffectiveLatestChange = 'Y' DESC, try_cast(EffectiveSequence AS INTEGER) DESC) = 1;

-- Rules 15 and 17: the state first, the flags second; persons with none or several are left out.
CREATE TEMP TABLE chosen AS
WITH ranked AS (
    SELECT *,
           CASE State WHEN 'CURRENT' THEN 0 WHEN 'FUTURE' THEN 1 ELSE 2 END AS StateRank,
           coalesce(PrimaryWorkRelationFlag, WrPrimaryFlag) = 'Y' AS IsPrimaryWr,
           coalesce(PrimaryAssignmentFlag, PrimaryFlag) = 'Y' AS IsPrimaryAsg
    FROM on_day
), best AS (
    SELECT * FROM ranked
    QUALIFY rank() OVER (PARTITION BY PersonNumber ORDER BY StateRank, NOT IsPrimaryWr,
        CASE WHEN State = 'ENDED' THEN ActualTerminationDate END DESC, NOT IsPrimaryAsg) = 1
)
SELECT *, bool_or(AssignmentStatusType <> 'INACTIVE') OVER (PARTITION BY PersonNumber) AND State = 'CURRENT' AS Active
FROM best
QUALIFY count(*) OVER (PARTITION BY PersonNumber) = 1;

CREATE TEMP TABLE users AS
SELECT lower(p.WorkEmail) AS "Email", p.PersonNumber AS "Employee ID", coalesce(p.KnownAs, p.FirstName) AS "First Name",
       p.LastName AS "Last Name", c.JobName AS "Job Title", c.DepartmentName AS "Department", c.LocationName AS "Location",
       lower(m.WorkEmail) AS "Manager Email", m.PersonNumber AS "Manager ID", c.DateStart AS "Hire Date",
       CASE c.PeriodType WHEN 'E' THEN 'Employee' WHEN 'C' THEN 'Contingent Worker' WHEN 'N' THEN 'Nonworker'
                         ELSE 'Pending Worker' END AS "Worker Type",
       CASE WHEN c.Active THEN 'Active' ELSE 'Suspended' END AS "Status"
FROM chosen c
JOIN person p USING (PersonNumber)
LEFT JOIN (SELECT DISTINCT AssignmentId, PersonNumber FROM assignment) k ON k.AssignmentId = c.ManagerAssignmentId
LEFT JOIN person m ON m.PersonNumber = k.PersonNumber
WHERE c.State <> 'FUTURE' AND p.WorkEmail IS NOT NULL AND p.LastName IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY lower(p.WorkEmail)) = 1;

COPY (SELECT * FROM users ORDER BY "Employee ID") TO '${OUT}' (HEADER, DELIMITER ',');
