package bare

import (
	"net/http"
	"regexp"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/uptrace/bun"
)

const pageRows = 50

// The two pages.
const (
	List  = "/users" // one query
	Table = "/table" // and two more, for the roles and sessions of each row
)

// Handler answers both pages from a pool of connections.
func Handler(db bun.IDB, tenant int64, dialect string) http.Handler {
	s := &server{db: db, tenant: tenant, hint: dialect == "mariadb"}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET(List, func(c *gin.Context) { s.list(c, false) })
	engine.GET(Table, func(c *gin.Context) { s.list(c, true) })
	return engine
}

func (s *server) list(c *gin.Context, whole bool) {
	id, _ := strconv.ParseInt(c.Query("id"), 10, 64) // nonsense is the first page
	rows, err := s.people(c.Request.Context(), c.Query("name"), id)
	if err != nil {
		c.String(http.StatusInternalServerError, "The list could not be read.")
		return
	}
	next := ""
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		last := rows[pageRows-1]
		next = c.FullPath() + "?name=" + last.SortName + "&id=" + strconv.FormatInt(last.ID, 10)
	}
	if whole {
		if err := s.fill(c.Request.Context(), rows); err != nil {
			c.String(http.StatusInternalServerError, "The roles could not be read.")
			return
		}
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(http.StatusOK)
	if err := list(rows, whole, next).Render(c.Request.Context(), c.Writer); err != nil {
		_ = c.Error(err) // the visitor is gone
	}
}

var link = regexp.MustCompile(`href="/users/([0-9a-f-]{36})"`)

// People gives the ids of the people that a page shows.
func People(page []byte) []string {
	var ids []string
	for _, found := range link.FindAllSubmatch(page, -1) {
		ids = append(ids, string(found[1]))
	}
	return ids
}
